"""Every flag, switched in a third process, acts on two nodes: with Redis, and with Redis dead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from cluster import flags
from cluster.flags import Flag
from cluster.local import Server, valkey
from requests_app import flags as ours
from tests import cast
from tests.journeys.house import House
from tests.live.lines import SUBPROTOCOL, Line, until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
OPERATOR = {"kind": "operator", "name": "root"}
WITHIN = 4
"""Seconds: a node's own half, its report's two, and a busy machine."""

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
            opened.append(House(folder, more={"REDIS_URL": redis.url, "CACHE_MAX_SIZE": "7"}).open())
        yield opened
    finally:
        for house in opened:
            house.close()


def data(asking: Asking, path: str) -> Any:
    return asking.get(path).json()["data"]


def made(asking: Asking, **said: str) -> httpx.Response:
    return asking.post("/api/request", json=said)


def looks(one: int) -> dict[Flag, Look]:
    """Return for each flag a look that finds it on."""
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
    flags.switch([flag.name], on=False, by=OPERATOR)
    for asking in both:
        until(lambda asking=asking: not look(asking), WITHIN)  # type: ignore[misc]
    flags.switch([flag.name], on=True, by=OPERATOR)
    for asking in both:
        until(lambda asking=asking: look(asking), WITHIN)  # type: ignore[misc]


def test_two_nodes_follow_every_flag(houses: list[House], redis: Server) -> None:
    hotel = cast.demo_hotel()
    one = cast.asked(hotel.lan, hotel.property)
    headers = cast.bearer(hotel.hoa)
    with ExitStack() as open_ones:
        both = [
            open_ones.enter_context(httpx.Client(base_url=house.address, headers=headers)) for house in houses
        ]
        for flag, look in looks(one.pk).items():
            followed(flag, look, both)
        _nothing_is_pushed(houses, headers)
        _one_serves(houses)
        redis.process.kill()
        redis.process.wait()
        for flag in (ours.ENVELOPE, ours.MONITORING):
            followed(flag, looks(one.pk)[flag], both)
        _nothing_is_pushed(houses, headers)


def _nothing_is_pushed(houses: list[House], headers: dict[str, str]) -> None:
    with ExitStack() as open_ones:
        lines = [open_ones.enter_context(Line(listening(house, headers))) for house in houses]
        for line in lines:
            line.wait_for("hello")
        flags.switch([ours.REALTIME.name], on=False, by=OPERATOR)
        assert [line.closed(WITHIN)[0] for line in lines] == [4503, 4503]
    flags.switch([ours.REALTIME.name], on=True, by=OPERATOR)
    for house in houses:
        until(lambda house=house: is_welcome(house, headers), WITHIN)  # type: ignore[misc]


def listening(house: House, headers: dict[str, str]) -> Any:
    address = f"ws://127.0.0.1:{house.port}/ws/events"
    return connect(address, additional_headers=headers, subprotocols=[SUBPROTOCOL], proxy=None)


def is_welcome(house: House, headers: dict[str, str]) -> bool:
    with Line(listening(house, headers)) as line:
        return bool(line.next()["t"] == "hello")


def _one_serves(houses: list[House]) -> None:
    flags.switch([ours.BALANCING.name], on=False, by=OPERATOR)
    first, second = sorted(houses, key=lambda house: f"journey-{house.port}")

    def ready(house: House) -> bool:
        return httpx.get(f"{house.address}/health/ready").status_code == 200

    until(lambda: ready(first) and not ready(second), WITHIN)
    flags.switch([ours.BALANCING.name], on=True, by=OPERATOR)
    until(lambda: ready(first) and ready(second), WITHIN)
