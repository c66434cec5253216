"""Redis dies or hangs, a client is slow, a node stops: news comes late at worst."""

from __future__ import annotations

import re
import signal
import socket as sockets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from cluster import bus
from cluster.local import Server, valkey
from cluster.streams import unit_of_work
from security import credentials
from security.models import Credential
from tests import cast
from tests.cast import Hotel
from tests.live.lines import Line, Node, running, until

ROOM = "property:demo-hotel"
IDLE_SECONDS = 12


@pytest.fixture
def redis(tmp_path: Path, settings: Any) -> Iterator[Server]:
    """A Redis of our own, used by this process too: it is the one that writes."""
    server = valkey.start(tmp_path)
    layer = settings.CHANNEL_LAYERS["default"]
    settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": {**layer["CONFIG"], "hosts": [server.url]}}}
    bus.stop()
    yield server
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGCONT)
    bus.stop()
    server.stop()


@pytest.fixture
def own_node(redis: Server, transactional_db: None) -> Iterator[Node]:
    with running("HEARTBEAT_SECONDS=1", "TICK_SECONDS=0.2", REDIS_URL=redis.url) as started:
        yield started


@pytest.fixture
def line(own_node: Node, hotel: Hotel) -> Iterator[Line]:
    with own_node.open(cast.bearer(hotel.lan)) as opened:
        opened.sub(ROOM)
        yield opened


def written(hotel: Hotel, text: str) -> float:
    """Write, and return how long that took."""
    started = time.monotonic()
    cast.asked(hotel.hoa, hotel.property, text)
    return time.monotonic() - started


def heard(line: Line) -> list[str]:
    return [event["data"]["request"]["requestText"] for event in line.events]


def test_redis_killed_and_back(line: Line, redis: Server, hotel: Hotel, tmp_path: Path) -> None:
    written(hotel, "before")
    line.wait_events(1)
    redis.process.kill()
    redis.process.wait()
    assert written(hotel, "without") < 2.0
    line.wait_events(2)
    while not line.wait_for("hb").get("degraded"):
        line.say("hb")
    again = valkey.start(tmp_path, port=redis.port)
    try:
        while line.wait_for("hb").get("degraded"):
            line.say("hb")
        until(lambda: bus.state() == "up")
        written(hotel, "after")
        line.wait_events(3)
    finally:
        again.stop()
    assert heard(line) == ["before", "without", "after"]


def test_redis_hung(line: Line, redis: Server, hotel: Hotel) -> None:
    written(hotel, "before")
    line.wait_events(1)
    redis.process.send_signal(signal.SIGSTOP)
    for number in range(5):
        assert written(hotel, f"hung {number}") < 2.0
    line.wait_events(6)
    redis.process.send_signal(signal.SIGCONT)
    until(lambda: bus.state() == "up")
    written(hotel, "after")
    line.wait_events(7)
    assert heard(line) == ["before", *(f"hung {number}" for number in range(5)), "after"]


def test_twelve_idle_seconds(line: Line, hotel: Hotel) -> None:
    """redis-py 8 ends what is idle for 5 s, if it is asked wrongly (redis/redis-py#4091)."""
    written(hotel, "before")
    line.wait_events(1)
    deadline = time.monotonic() + IDLE_SECONDS
    while time.monotonic() < deadline:
        assert not line.wait_for("hb").get("degraded")
        line.say("hb")
    started = time.monotonic()
    written(hotel, "after")
    line.wait_events(2)
    assert time.monotonic() - started < 1.0


def test_a_slow_client_misses_nothing_and_delays_nobody(own_node: Node, line: Line, hotel: Hotel) -> None:
    raw = narrow(own_node)
    # Reading stops after so few frames that the server's buffers fill and its queue overflows.
    with own_node.open(cast.bearer(hotel.minh), sock=raw, max_queue=4) as slow:
        slow.sub(ROOM)
        for batch in range(20):
            large_news(hotel, 50)
            line.wait_events(50 * (batch + 1))
            line.say("hb")
        until(lambda: slow_sockets(own_node) == 1)
        slow.wait_events(1_000, 60)
        assert [event["data"]["number"] for event in slow.events] == [*range(50)] * 20


def test_a_client_that_takes_not_even_goodbye_is_cut_off(own_node: Node, line: Line, hotel: Hotel) -> None:
    with own_node.open(cast.bearer(hotel.minh), sock=narrow(own_node), max_queue=4) as deaf:
        deaf.sub(ROOM)
        for batch in range(20):
            large_news(hotel, 50)
            line.wait_events(50 * (batch + 1))
            line.say("hb")
        until(lambda: slow_sockets(own_node) == 1)
        credentials.revoke([Credential.objects.get(user=hotel.minh).pk])
        until(lambda: measured(own_node, "bellhop_sockets") == 1)


def narrow(node: Node) -> sockets.socket:
    """Return a connection that takes little at once."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 64 * 1024)
    raw.connect(("127.0.0.1", node.port))
    return raw


def slow_sockets(node: Node) -> float:
    return measured(node, "bellhop_slow_sockets_total")


def measured(node: Node, name: str) -> float:
    with urlopen(f"http://127.0.0.1:{node.port}/metrics", timeout=5) as answer:
        found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def large_news(hotel: Hotel, count: int) -> None:
    with unit_of_work() as work:
        for number in range(count):
            work.emit(
                hotel.property.pk,
                "request:updated",
                label="demo-hotel",
                subjects=[1],
                rooms=[ROOM],
                actor={},
                data={"number": number, "filler": "x" * 16_000},
                change={},
            )


def test_a_stopping_node_says_goodbye(own_node: Node, line: Line) -> None:
    started = time.monotonic()
    own_node.process.send_signal(signal.SIGTERM)
    code, bye = line.closed()
    assert code == 1012
    assert bye is not None
    assert (bye["code"], bye["reason"], bye["reconnect"]) == (1012, "drain", True)
    assert 0 <= bye["after_ms"] < 3_000
    own_node.process.wait(10)
    assert time.monotonic() - started < 5.0


def test_a_crowd_is_not_sent_away_all_at_once(hotel: Hotel) -> None:
    with running("GOODBYES_A_SECOND=4") as node, ExitStack() as stack:
        crowd = [stack.enter_context(node.open(cast.bearer(hotel.lan))) for _ in range(6)]
        for one in crowd:
            one.wait_for("hello")
        node.process.send_signal(signal.SIGTERM)
        with ThreadPoolExecutor() as threads:
            ends = list(threads.map(when_closed, crowd))
    assert max(ends) - min(ends) > 0.1


def when_closed(one: Line) -> float:
    assert one.closed()[0] == 1012
    return time.monotonic()
