"""What a call does, whatever it says."""

from __future__ import annotations

import pytest

from security.threats import Call, Reason, conduct
from security.threats.behaviour import failed_login

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def reasons(path: str, agent: str = FIREFOX, status: int = 200, misses: int = 0) -> set[Reason]:
    return {found.reason for found in conduct(Call(path, agent, status, misses=misses))}


@pytest.mark.parametrize("agent", [FIREFOX, "", "python-httpx/0.28", "curl/8.5.0", "Prometheus/3.0"])
def test_an_ordinary_call_gives_no_reason(agent: str) -> None:
    assert reasons("/api/request", agent) == set()


@pytest.mark.parametrize("agent", ["sqlmap/1.9#stable", "Mozilla/5.0 (Nikto/2.5.0)", "Wapiti/3.2"])
def test_a_scanner_gives_itself_away(agent: str) -> None:
    assert reasons("/api/request", agent) == {Reason.SCANNER}


@pytest.mark.parametrize("path", ["/.env", "/wp-login.php", "/phpMyAdmin/", "/.git/config", "/cgi-bin/x"])
def test_a_probe_is_one_only_where_nothing_is(path: str) -> None:
    assert reasons(path, status=404) == {Reason.PROBE}
    assert reasons(path, status=200) == set()


def test_a_script_that_probes_is_automation_too() -> None:
    assert reasons("/.env", "python-requests/2", 404) == {Reason.PROBE, Reason.AUTOMATION}


def test_a_few_misses_are_forgiven_many_are_enumeration() -> None:
    assert reasons("/api/request/5", status=404, misses=20) == set()
    assert reasons("/api/request/5", status=404, misses=21) == {Reason.ENUMERATION}


def test_who_goes_on_over_the_limit_hammers() -> None:
    assert reasons("/api/request", status=429) == {Reason.HAMMERING}


def test_many_names_are_stuffing_one_forgetful_person_is_not() -> None:
    assert failed_login(4) == []
    assert [found.reason for found in failed_login(5)] == [Reason.STUFFING]
