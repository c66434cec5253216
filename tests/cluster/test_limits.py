"""Counters of the whole cluster, with Redis and without."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cluster import limits
from cluster.clock import DatabaseNow
from cluster.limits import counting, far, near, sharing
from cluster.limits.slots import SLOTS, Slots
from cluster.local import Server, valkey
from cluster.models import Node
from cluster.redis import breaker
from tests.live.lines import until

pytestmark = pytest.mark.django_db

MINUTE = 60_000


@pytest.fixture
def redis(tmp_path: Path, settings: Any) -> Iterator[Server]:
    server = valkey.start(tmp_path)
    settings.REDIS_URL = server.url
    yield server
    breaker.stop()
    server.stop()


@pytest.fixture(autouse=True)
def nobody_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sharing, "_look_at", 0.0)
    monkeypatch.setattr(sharing, "_known", 1)
    near.clear()
    yield
    near.clear()


def live_nodes(*names: str, role: str = "all") -> None:
    for name in names:
        Node.objects.create(
            instance_id=name,
            boot="b",
            host="h",
            pid=1,
            version="1",
            role=role,
            started_at=DatabaseNow(),
            last_heartbeat=DatabaseNow(),
        )


def passed(times: int, key: str = "user:1", limit: int = 5, window_ms: int = MINUTE) -> int:
    counts = [limits.take(key, limit=limit, window_ms=window_ms) for _ in range(times)]
    return sum(not count.is_over for count in counts)


def test_it_works(redis: Server) -> None:
    count = limits.take("user:1", limit=5, window_ms=MINUTE)
    assert (count.limit, count.remaining, count.is_over) == (5, 4, False)
    assert 59 < count.seconds <= 60
    assert passed(10) == 4


def test_a_burst_passes_not_one_too_many(redis: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "SLOW_SECONDS", 5)  # sixteen threads on a busy machine
    with ThreadPoolExecutor(16) as crowd:
        assert sum(crowd.map(lambda _: passed(25, limit=100), range(16))) == 100


def test_a_burst_without_redis_passes_not_one_too_many(settings: Any) -> None:
    settings.REDIS_URL = ""
    with ThreadPoolExecutor(16) as crowd:
        assert sum(crowd.map(lambda _: passed(25, limit=100), range(16))) == 100


def test_one_key_is_nothing_to_another(redis: Server) -> None:
    assert passed(9, "user:1") == 5
    assert passed(9, "user:2") == 5


def test_the_window_ends_with_and_without_redis(redis: Server, settings: Any) -> None:
    for url in (redis.url, ""):
        settings.REDIS_URL = url
        assert passed(9, f"short {url}", window_ms=500) == 5
        until(lambda: passed(1, f"short {url}", window_ms=500) == 1, seconds=3)  # noqa: B023


def test_forgotten_is_forgotten(redis: Server) -> None:
    assert passed(9) == 5
    limits.forget("user:1")
    assert passed(9) == 5


def test_a_redis_that_lost_its_scripts_counts_on(redis: Server) -> None:
    assert passed(1) == 1
    breaker.use(lambda it: it.script_flush())
    assert passed(9) == 4
    assert breaker.state() == "closed"


def test_what_it_did_not_write_counts_as_nothing(redis: Server) -> None:
    breaker.use(lambda it: it.set(f"{counting.PREFIX}user:1", 99))
    assert 59 < limits.take("user:1", limit=5, window_ms=MINUTE).seconds <= 60
    assert 59_000 < breaker.use(lambda it: it.pttl(f"{counting.PREFIX}user:1")) <= 60_000


def test_no_edge_lets_twice_the_limit_through() -> None:
    slots = Slots(0, length=100)
    assert sum(slots.take(now, 10) >= 0 for now in [0] + [99] * 20) == 10
    assert [slots.take(now, 10) for now in (101, 999)] == [-1, -1]
    assert slots.seconds(999, 10) == 1
    assert sum(slots.take(now, 10) >= 0 for now in [1000] * 20) == 10


def test_who_spends_evenly_gets_it_back_evenly() -> None:
    slots = Slots(0, length=100)
    assert all(slots.take(now, 10) >= 0 for now in range(0, 1000, 100))
    assert (slots.take(999, 10), slots.seconds(999, 10)) == (-1, 1)
    assert [slots.take(now, 10) for now in (1000, 1050, 1100)] == [0, -1, 0]
    assert slots.seconds(1150, 10) == 50


def test_redis_counts_as_we_do(redis: Server) -> None:
    script = far.COUNT.replace("redis.call('TIME')", "{math.floor(ARGV[3] / 1000), ARGV[3] % 1000 * 1000}")
    dice, now, ours = random.Random(5), MINUTE, Slots(MINUTE, length=MINUTE / SLOTS)
    for _ in range(400):
        left = ours.take(now, 6)
        passes, used, left_ms = breaker.use(lambda it: it.eval(script, 1, "same", 6, MINUTE, now))  # noqa: B023
        assert (passes, 6 - used, left_ms) == (left >= 0, max(0, left), ours.seconds(now, 6))
        now += dice.choice((0, 0, 1, 400, 5_999, 6_000, 20_000))


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_with_redis_dead_each_node_gives_its_share(redis: Server, blow: signal.Signals) -> None:
    live_nodes("web-1", "web-2")
    assert passed(4, "half-used", limit=10) == 4
    assert passed(99, "used-up", limit=10) == 10
    redis.process.send_signal(blow)
    try:
        begun = time.monotonic()
        assert passed(50, "half-used", limit=10) == 3  # half of the six that were left
        assert passed(50, "used-up", limit=10) == 0
        assert passed(50, "new", limit=10) == 5
        assert time.monotonic() - begun < 3
        assert breaker.state() != "closed"
    finally:
        redis.process.send_signal(signal.SIGCONT)


def test_nodes_for_something_else_have_no_share(redis: Server, settings: Any) -> None:
    settings.ROLE = "web"
    live_nodes("web-1", "web-2", role="web")
    live_nodes("live-1", "live-2", role="live")
    redis.process.kill()
    assert passed(50, limit=10) == 5


def test_with_more_nodes_than_the_limit_each_gives_one(redis: Server) -> None:
    live_nodes("web-1", "web-2", "web-3")
    redis.process.kill()
    assert passed(50, limit=2) == 1


def test_it_counts_in_redis_again_by_itself(redis: Server) -> None:
    live_nodes("web-1", "web-2")
    passed(1)
    redis.process.send_signal(signal.SIGSTOP)
    until(lambda: passed(1, "other", limit=1000) == 1 and breaker.state() == "open")
    redis.process.send_signal(signal.SIGCONT)
    until(lambda: breaker.state() == "closed")
    assert passed(99, "after") == 5


def test_memory_is_bounded(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = ""
    monkeypatch.setattr(near, "MOST", 10)
    for number in range(50):
        limits.take(f"address:{number}", limit=5, window_ms=MINUTE)
    assert len(near._known) == 10
