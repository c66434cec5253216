"""Two server processes keep to one limit, over HTTP and at the socket door, with Redis and without."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from cluster.local import Server, valkey
from tests import cast
from tests.cast import Hotel
from tests.live.lines import Node, running

LIMITS = {"RATE_LIMIT_STAFF": "40", "RATE_LIMIT_MAX_REQUESTS": "20", "RATE_LIMIT_SOCKETS": "6"}
Nodes = tuple[Node, Node]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    server = valkey.start(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def nodes(redis: Server, transactional_db: None) -> Iterator[Nodes]:
    with (
        running(name="node-1", REDIS_URL=redis.url, **LIMITS) as one,
        running(name="node-2", REDIS_URL=redis.url, **LIMITS) as two,
    ):
        yield one, two


def burst(nodes: Nodes, times: int, headers: dict[str, str], path: str = "/api/request") -> Counter[int]:
    """Call both nodes at once; return how often each status came."""

    def one(number: int) -> int:
        return httpx.get(
            f"http://127.0.0.1:{nodes[number % 2].port}{path}", headers=headers, timeout=20
        ).status_code

    with ThreadPoolExecutor(12) as crowd:
        return Counter(crowd.map(one, range(times)))


def test_a_burst_over_two_nodes_passes_not_one_too_many(nodes: Nodes, hotel: Hotel) -> None:
    assert burst(nodes, 70, cast.bearer(hotel.lan)) == {200: 40, 429: 30}
    assert burst(nodes, 30, {"Authorization": "Bearer forged"}) == {401: 20, 429: 10}
    assert burst(nodes, 30, {"X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.8"}) == {429: 30}


def test_wrong_passwords_at_once_are_not_one_more_than_five(nodes: Nodes, hotel: Hotel) -> None:
    def one(number: int) -> int:
        url = f"http://127.0.0.1:{nodes[number % 2].port}/api/auth/login"
        return httpx.post(url, json={"username": "lan", "password": "wrong"}, timeout=20).status_code

    with ThreadPoolExecutor(8) as crowd:
        assert Counter(crowd.map(one, range(16))) == {401: 5, 429: 11}


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_with_redis_dead_no_call_fails_and_limits_go_on(
    nodes: Nodes, redis: Server, hotel: Hotel, blow: signal.Signals
) -> None:
    assert burst(nodes, 10, cast.bearer(hotel.lan)) == {200: 10}
    redis.process.send_signal(blow)
    try:
        found = burst(nodes, 100, cast.bearer(hotel.lan))
        # Not nodes of a cluster, these two: each thinks that all that was left is its own.
        assert set(found) == {200, 429}
        assert found[200] <= 2 * 40
    finally:
        redis.process.send_signal(signal.SIGCONT)


def test_new_sockets_are_limited_by_caller(nodes: Nodes, hotel: Hotel) -> None:
    one, two = nodes
    with ExitStack() as opened:
        for node in (one, two, one, two, one, two):
            line = opened.enter_context(node.open(cast.bearer(hotel.lan)))
            assert line.next()["t"] == "hello"
        for node in nodes:
            code, bye = opened.enter_context(node.open(cast.bearer(hotel.lan))).closed()
            assert (code, bye and bye["code"]) == (4429, 4429)
        assert opened.enter_context(one.open(cast.bearer(hotel.hoa))).next()["t"] == "hello"


def test_strangers_at_the_socket_are_limited_by_address(nodes: Nodes, hotel: Hotel) -> None:
    codes = []
    for number in range(22):
        with nodes[number % 2].open({"Authorization": f"Bearer x{number}"}) as line:
            codes.append(line.closed()[0])
    assert codes == [4401] * 20 + [4429] * 2
