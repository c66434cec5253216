"""Every flag, switched by the command at neither node, acts on two; so do limits, with Redis and without."""

from __future__ import annotations

import io
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from websockets.sync.client import connect

from cluster import flags
from cluster.flags import Flag
from cluster.local import Server, valkey
from cluster.models import CONTROL_STREAM, Event
from requests_app import flags as ours
from security.flags import ADVANCED_SECURITY
from security.watch import blocks
from tests import cast
from tests.journeys.house import House
from tests.live.lines import SUBPROTOCOL, Line, until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
OWN = {"CACHE_MAX_SIZE": "7", "RATE_LIMIT_MAX_REQUESTS": "10"}
WITHIN = 4
"""Seconds: a node's own half, its report's two, and a busy machine."""

AT_ONCE = 1
"""Second: what is promised, for what a call with a token shows."""

Asking = httpx.Client
Look = Callable[[Asking], bool]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    server = valkey.start(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def houses(transactional_db: None, redis: Server, tmp_path: Path) -> Iterator[list[House]]:
    opened: list[House] = []
    try:
        for number in (1, 2):
            folder = tmp_path / str(number)
            folder.mkdir()
            opened.append(House(folder, more={"REDIS_URL": redis.url, **OWN}).open())
        yield opened
    finally:
        for house in opened:
            house.close()


def command(*words: str) -> None:
    call_command("flag", *words, stdout=io.StringIO())


def data(asking: Asking, path: str) -> Any:
    return asking.get(path).json()["data"]


def made(asking: Asking, **said: str) -> httpx.Response:
    return asking.post("/api/request", json=said)


def looks(one: int, blocked: dict[str, str]) -> dict[Flag, Look]:
    """Return for each flag that one call can show a look that finds it on."""
    fire = {"requestText": "Fire!", "roomNumber": "101"}
    return {
        ours.CONTROLLER: lambda asking: asking.get(f"/api/request/{one}/history").status_code == 200,
        ours.VALIDATION: lambda asking: made(asking, guestName="Zoë").status_code == 400,
        ours.SERVICES: lambda asking: made(asking, **fire).json()["data"]["priority"] == "high",
        ours.ENVELOPE: lambda asking: "_metadata" in asking.get("/api/request").json(),
        ours.PAGINATION: lambda asking: "pagination" in asking.get("/api/request").json(),
        ours.FILTERING: lambda asking: data(asking, "/api/request?roomNumber=nowhere") == [],
        ours.CACHING: lambda asking: asking.get("/api/request").headers["X-Cache"] != "BYPASS",
        ours.MONITORING: lambda asking: bool(data(asking, "/api/request/performance")["monitoring"]),
        ADVANCED_SECURITY: lambda asking: asking.get("/api/request", headers=blocked).status_code == 403,
        ours.TUNING: lambda asking: limit(asking) == 7,
        ours.COORDINATION: lambda asking: (
            not any(node["alone"] for node in data(asking, "/api/cluster-status")["nodes"])
        ),
    }


def limit(asking: Asking) -> int:
    found: int = data(asking, "/api/instance-info")["performanceMetrics"]["cacheStats"]["maxEntries"]
    return found


def followed(flag: Flag, look: Look, both: list[Asking]) -> None:
    """Switch a flag off and on again, and see both nodes follow."""
    patience = WITHIN if flag.of_nodes else AT_ONCE
    command(flag.name, "off")
    for asking in both:
        until(lambda asking=asking: not look(asking), patience)  # type: ignore[misc]
    command(flag.name, "on")
    for asking in both:
        until(lambda asking=asking: look(asking), patience)  # type: ignore[misc]


def test_two_nodes_follow_every_flag(houses: list[House], redis: Server) -> None:
    hotel = cast.demo_hotel()
    one = cast.asked(hotel.lan, hotel.property)
    headers = cast.bearer(hotel.hoa)
    with ExitStack() as open_ones:
        both = [
            open_ones.enter_context(httpx.Client(base_url=house.address, headers=headers)) for house in houses
        ]
        blocks.add(f"user:{hotel.minh.pk}", seconds=600, by="root")
        shown = looks(one.pk, cast.bearer(hotel.minh))
        assert shown.keys() | {ours.REALTIME, ours.BALANCING} == set(flags.declared())
        for flag, look in shown.items():
            followed(flag, look, both)
        _some_are_meant(both, hotel)
        _each_switch_is_in_the_log()
        _nothing_is_pushed(houses, headers)
        _one_serves(houses)
        _limits_go_on_and_come_back(houses, redis, hotel)
        redis.process.kill()
        redis.process.wait()
        for flag in (ours.ENVELOPE, ours.MONITORING):
            followed(flag, shown[flag], both)
        _nothing_is_pushed(houses, headers)


def _limits_go_on_and_come_back(houses: list[House], redis: Server, hotel: cast.Hotel) -> None:
    """Take Redis away: each of two nodes gives its half, nothing fails; give it back: they count as one."""

    def found() -> list[Counter[int]]:
        key = cast.api_key(hotel.property, "request:read")
        return [Counter(asked(house, key) for _ in range(12)) for house in houses]

    redis.process.send_signal(signal.SIGSTOP)
    try:
        assert found() == [{200: 5, 429: 7}] * 2
    finally:
        redis.process.send_signal(signal.SIGCONT)
    for house in houses:
        until(lambda house=house: is_healthy(house), WITHIN)  # type: ignore[misc]
    assert found() == [{200: 10, 429: 2}, {429: 12}]


def asked(house: House, key: dict[str, str]) -> int:
    return httpx.get(f"{house.address}/api/request", headers=key, timeout=10).status_code


def is_healthy(house: House) -> bool:
    return bool(httpx.get(f"{house.address}/health").json()["status"] == "healthy")


def _some_are_meant(both: list[Asking], hotel: cast.Hotel) -> None:
    """Switch for a role, a user, a property and a share: both nodes mean the same people."""
    lan = cast.bearer(hotel.lan)

    def is_old(asking: Asking, headers: dict[str, str] | None = None) -> bool:
        return "_metadata" not in asking.get("/api/request", headers=headers).json()

    for kind, value, for_hoa, for_lan in (
        ("role", "manager", True, False),
        ("user", "lan", False, True),
        ("property", hotel.property.slug, True, True),
    ):
        command(ours.ENVELOPE.name, "off", f"--{kind}", value)
        assert [(is_old(asking), is_old(asking, lan)) for asking in both] == [(for_hoa, for_lan)] * 2
        command(ours.ENVELOPE.name, "on")
    command(ours.ENVELOPE.name, "50")
    share = [[is_old(asking, headers) for headers in (None, lan)] for asking in both for _ in range(3)]
    assert share == share[:1] * 6
    command(ours.ENVELOPE.name, "on")
    command(ours.CONTROLLER.name, "off")  # which the shape needs
    assert all(is_old(asking) for asking in both)
    command(ours.CONTROLLER.name, "on")
    assert not any(is_old(asking) for asking in both)


def _each_switch_is_in_the_log() -> None:
    told = Event.objects.filter(stream=CONTROL_STREAM, name=flags.SWITCHED)
    assert {event.change["by"]["kind"] for event in told} == {"operator"}
    assert {event.change["name"] for event in told} | {ours.REALTIME.name, ours.BALANCING.name} == {
        flag.name for flag in flags.declared()
    }


def _nothing_is_pushed(houses: list[House], headers: dict[str, str]) -> None:
    with ExitStack() as open_ones:
        lines = [open_ones.enter_context(Line(listening(house, headers))) for house in houses]
        for line in lines:
            line.wait_for("hello")
        command(ours.REALTIME.name, "off")
        assert [line.closed(WITHIN)[0] for line in lines] == [4503, 4503]
    command(ours.REALTIME.name, "on")
    for house in houses:
        until(lambda house=house: is_welcome(house, headers), WITHIN)  # type: ignore[misc]


def listening(house: House, headers: dict[str, str]) -> Any:
    address = f"ws://127.0.0.1:{house.port}/ws/events"
    return connect(address, additional_headers=headers, subprotocols=[SUBPROTOCOL], proxy=None)


def is_welcome(house: House, headers: dict[str, str]) -> bool:
    with Line(listening(house, headers)) as line:
        return bool(line.next()["t"] == "hello")


def _one_serves(houses: list[House]) -> None:
    command(ours.BALANCING.name, "off")
    first, second = sorted(houses, key=lambda house: f"journey-{house.port}")

    def ready(house: House) -> bool:
        return httpx.get(f"{house.address}/health/ready").status_code == 200

    until(lambda: ready(first) and not ready(second), WITHIN)
    command(ours.BALANCING.name, "on")
    until(lambda: ready(first) and ready(second), WITHIN)
