"""Where a call comes from, whatever its headers claim."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from security.addresses import behind_proxies, client_address

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.7, nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("::ffff:203.0.113.9", "198.51.100.7", "203.0.113.9"),
        ("10.0.0.1", ",".join(["1.2.3.4"] + ["10.0.0.2"] * 30), "10.0.0.2"),
        ("", "198.51.100.7", ""),
        ("unix:", "198.51.100.7", "unix:"),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str, forwarded: str, expected: str) -> None:
    assert behind_proxies(peer, forwarded, TRUSTED) == expected


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_header_is_a_crash(peer: str, forwarded: str) -> None:
    behind_proxies(peer, forwarded, TRUSTED)
    assert behind_proxies("203.0.113.9", forwarded, TRUSTED) == "203.0.113.9"


def test_it_works_on_a_request(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = TRUSTED
    request = RequestFactory().get("/", REMOTE_ADDR="10.9.9.9", headers={"X-Forwarded-For": "198.51.100.7"})
    assert client_address(request) == "198.51.100.7"
