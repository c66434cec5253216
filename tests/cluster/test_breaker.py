"""One breaker around every use of Redis: what is away is noticed once, and then nobody waits for it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cluster import bus, metrics, status
from cluster.local import Server, valkey
from cluster.redis import breaker
from cluster.redis.client import TIMEOUT_SECONDS
from tests.live.lines import until

# Whoever opens it waits once for each failure; the rest is a busy machine's.
ONE_WAIT = TIMEOUT_SECONDS + 0.35


@pytest.fixture
def redis(tmp_path: Path, settings: Any) -> Iterator[Server]:
    server = valkey.start(tmp_path)
    settings.REDIS_URL = server.url
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [server.url]},
        }
    }
    bus.stop()
    yield server
    breaker.stop()
    bus.stop()
    server.stop()


def asked() -> bool:
    """Use Redis as a read does; say whether it answered."""
    try:
        return bool(breaker.use(lambda it: it.ping()))
    except breaker.Away:
        return False


def seconds_of_one_use() -> float:
    begun = time.monotonic()
    asked()
    return time.monotonic() - begun


def opens() -> float:
    return metrics.REDIS_BREAKER_OPENS._value.get()


def test_it_works(redis: Server) -> None:
    assert asked()
    assert breaker.state() == "closed"


def test_without_redis_there_is_nothing_to_lose(settings: Any) -> None:
    settings.REDIS_URL = ""
    assert not asked()
    assert breaker.state() == "closed"
    assert not breaker.is_configured()


def test_a_hang_costs_two_callers_one_wait_each_and_the_rest_nothing(redis: Server) -> None:
    assert asked()
    before = opens()
    redis.process.send_signal(signal.SIGSTOP)
    try:
        waits = [seconds_of_one_use() for _ in range(50)]
        assert breaker.state() != "closed"
        assert max(waits) < ONE_WAIT
        assert sum(wait > 0.05 for wait in waits) <= breaker.FAILURES
        assert opens() == before + 1
    finally:
        redis.process.send_signal(signal.SIGCONT)
    until(lambda: breaker.state() == "closed", seconds=5)
    assert asked()


def test_a_hang_is_found_though_nobody_asks(redis: Server) -> None:
    assert asked()
    redis.process.send_signal(signal.SIGSTOP)
    until(lambda: breaker.state() == "open", seconds=5)
    assert seconds_of_one_use() < 0.05
    redis.process.send_signal(signal.SIGCONT)
    until(lambda: breaker.state() == "closed", seconds=5)


def test_it_closes_after_a_crash(redis: Server, tmp_path: Path) -> None:
    assert asked()
    redis.process.kill()
    redis.process.wait()
    until(lambda: breaker.state() == "open", seconds=5)
    again = valkey.start(tmp_path, port=redis.port)
    try:
        until(lambda: breaker.state() == "closed", seconds=5)
        assert asked()
    finally:
        breaker.stop()
        bus.stop()
        again.stop()


def test_two_slow_answers_open_it(redis: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked()
    monkeypatch.setattr(breaker, "SLOW_SECONDS", -1.0)
    until(lambda: not asked(), seconds=5)
    assert breaker.state() == "open"
    assert breaker.problem() == "slow"
    monkeypatch.undo()
    until(lambda: breaker.state() == "closed", seconds=5)


def test_a_redis_that_takes_nothing_more_is_no_use(redis: Server) -> None:
    assert asked()
    breaker.use(lambda it: it.config_set("maxmemory", "1"))
    until(lambda: breaker.state() == "open", seconds=5)


def test_the_bus_stops_with_it(redis: Server) -> None:
    until(lambda: bus.state() == "up")
    assert asked()
    redis.process.send_signal(signal.SIGSTOP)
    asked(), asked()
    assert breaker.state() == "open"
    assert bus.state() == "down"
    redis.process.send_signal(signal.SIGCONT)
    until(lambda: breaker.state() == "closed" and bus.state() == "up", seconds=5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.cluster.doors")
def test_health_and_status_say_so(redis: Server, client: Client, settings: Any) -> None:
    settings.HEALTH_CHECK_INTERVAL = 0
    until(lambda: bus.state() == "up")
    assert client.get("/health").json()["status"] == "healthy"
    redis.process.send_signal(signal.SIGSTOP)
    try:
        until(lambda: breaker.state() == "open", seconds=5)
        said = client.get("/health")
        assert (said.status_code, said.json()["status"]) == (200, "degraded")
        checks = {name: it["status"] for name, it in said.json()["checks"].items()}
        assert checks == {"database": "healthy", "cache": "degraded", "channelLayer": "degraded"}
        assert client.get("/health/ready").status_code == 200
        assert [reason.partition(":")[0] for reason in status.reasons()] == ["cache", "channelLayer"]
        told = client.get("/metrics").content.decode()
        assert 'bellhop_redis_breaker{bellhop_redis_breaker="open"} 1.0' in told
    finally:
        redis.process.send_signal(signal.SIGCONT)
    until(lambda: client.get("/health").json()["status"] == "healthy", seconds=5)
