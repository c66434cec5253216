"""Hostile callers at two nodes at once: what one has refused or forgotten, the other has too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from cluster.local import valkey
from security import credentials
from security.models import CredentialKind
from security.watch import blocks
from tests import cast
from tests.cast import Hotel
from tests.journeys.house import House, sweep
from tests.live.lines import SUBPROTOCOL, Line, until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LIMIT = 25
FORGED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP")
ELSEWHERE = "203.0.113.9"
OURS = "https://desk.example"


@pytest.fixture(scope="module")
def nodes(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[House]]:
    """A web node, one of all roles and a live one, with a Redis of their own: two APIs, two sockets."""
    redis = valkey.start(tmp_path_factory.mktemp("redis"))
    more = {
        "REDIS_URL": redis.url,
        "RATE_LIMIT_MAX_REQUESTS": str(LIMIT),
        "CORS_ORIGIN": OURS,
        "SECRET_KEY": settings.SECRET_KEY,
    }
    houses = [
        House(tmp_path_factory.mktemp(role), more=more | {"ROLE": role}) for role in ("web", "all", "live")
    ]
    try:
        with ThreadPoolExecutor() as threads:
            list(threads.map(House.open, houses))
        yield houses
    finally:
        for house in houses:
            house.die()
        redis.stop()
        sweep(django_db_blocker)


@pytest.fixture
def hotel(transactional_db: None) -> Hotel:
    return cast.demo_hotel()


def status(house: House, headers: dict[str, str], path: str = "/api/request") -> int:
    return httpx.get(f"{house.address}{path}", headers=headers).status_code


def socket(house: House, headers: dict[str, str], **more: Any) -> Line:
    address = f"ws://127.0.0.1:{house.port}/ws/events"
    return Line(connect(address, additional_headers=headers, subprotocols=[SUBPROTOCOL], proxy=None, **more))  # type: ignore[list-item]


def test_a_burst_over_both_passes_exactly_the_limit(nodes: list[House], hotel: Hotel) -> None:
    key = cast.api_key(hotel.property, "request:read")
    with ThreadPoolExecutor(8) as threads:
        calls = threads.map(lambda number: status(nodes[number % 2], key), range(LIMIT + 15))
        assert Counter(calls) == {200: LIMIT, 429: 15}


def test_a_stolen_token_is_worth_nothing_after_logout(nodes: list[House], hotel: Hotel) -> None:
    web, every, live = nodes
    token = cast.bearer(hotel.lan)
    assert (status(web, token), status(every, token), status(every, token)) == (200, 200, 200)
    with socket(live, token) as one, socket(every, token) as other:
        for line in (one, other):
            line.wait_for("hello")
        assert httpx.post(f"{web.address}/api/auth/logout", headers=token).status_code == 200
        assert [status(house, token) for house in (every, web)] == [401, 401]
        assert [line.closed(2)[0] for line in (one, other)] == [4401, 4401]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://desk.example.evil"])
def test_a_foreign_page_hijacks_no_socket(nodes: list[House], hotel: Hotel, origin: str) -> None:
    client = Client()
    client.force_login(hotel.lan)
    cookie = {"Cookie": f"sessionid={client.session.session_key}"}
    for house in nodes[1:]:
        with pytest.raises(InvalidStatus) as refused:
            socket(house, cookie, origin=origin)
        answer = refused.value.response
        assert answer.status_code == 403
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Server"] == "bellhop"
        with socket(house, cookie, origin=house.address) as ours:
            assert ours.next()["t"] == "hello"


def test_neither_lets_in_what_is_over_or_another_property_s(nodes: list[House], hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    other = cast.other_hotel()
    revoked = credentials.issue(CredentialKind.API_KEY, property=hotel.property, scopes=["request:read"])
    credentials.revoke([revoked.credential.pk], by=cast.caller(hotel.hoa))
    past = timezone.now() - timedelta(seconds=1)
    expired = credentials.issue(
        CredentialKind.API_KEY, property=hotel.property, scopes=["request:read"], expires_at=past
    )
    foreign = cast.api_key(other.property, "request:read", "request:update")
    for house in nodes[:2]:
        for issued in (revoked, expired):
            assert status(house, cast.header("Api-Key", issued.token)) == 401
        assert status(house, foreign, f"/api/request/{request.pk}") == 404
        assert status(house, foreign, "/api/request?propertyId=demo-hotel") == 404


def test_no_node_says_what_runs_it_or_speaks_to_foreign_pages(nodes: list[House], hotel: Hotel) -> None:
    key = cast.api_key(hotel.property, "request:read")
    for house in nodes:
        for path in ("/health", "/api/request", "/nowhere", "/static/nothing.css"):
            answer = httpx.get(f"{house.address}{path}", headers=key | {"Origin": "https://evil.example"})
            said = {name.lower(): value for name, value in answer.headers.items()}
            assert not [name for name in said if name.startswith("access-control-")], path
            assert said["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in said["content-security-policy"]
            named = f"{said.get('server', '')} {said.get('via', '')} {said.get('x-powered-by', '')}".lower()
            assert not [word for word in ("granian", "uvicorn", "django", "python") if word in named]


def test_a_block_is_not_shaken_off_nor_shared_by_a_forged_address(nodes: list[House], hotel: Hotel) -> None:
    headers = [cast.bearer(hotel.lan) | {name: ELSEWHERE} for name in FORGED]
    for source, wanted in ((f"address:{ELSEWHERE}", 200), ("address:127.0.0.1", 403)):
        blocks.add(source, seconds=60, reasons=["abuse"], by="root", is_whole=True)
        try:
            if wanted == 403:
                for house in nodes[:2]:
                    until(lambda house=house: status(house, headers[0]) == 403, 4)  # type: ignore[misc]
            assert {status(house, forged) for house in nodes[:2] for forged in headers} == {wanted}
        finally:
            blocks.remove(source, by="root")
    for house in nodes[:2]:
        until(lambda house=house: status(house, headers[0]) == 200, 4)  # type: ignore[misc]


def test_a_forged_address_counts_as_the_real_one(nodes: list[House], hotel: Hotel) -> None:
    """The last of all: this address has nothing left afterwards."""
    forged = [{FORGED[number % len(FORGED)]: f"203.0.113.{number}"} for number in range(LIMIT + 12)]
    told = [status(nodes[number % 2], headers) for number, headers in enumerate(forged)]
    assert set(told) == {401, 429}
    assert told == sorted(told)
    assert told.count(401) <= LIMIT
    assert told[-12:] == [429] * 12
