"""Every test begins with nobody blocked and nobody suspected."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

import pytest
from redis import Redis

from cluster import flags
from cluster.flags import reading
from cluster.redis import breaker
from security.watch import blocks, recent, tally
from tests import cast


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(blocks, "_known", {})
    monkeypatch.setattr(tally, "_sums", OrderedDict())
    monkeypatch.setattr(recent, "misses", recent.Recent())
    monkeypatch.setattr("security.watch.calls.misses", recent.Recent())
    monkeypatch.setattr("security.watch.logins.names", recent.Recent())
    monkeypatch.setattr(reading, "_snapshot", reading.Snapshot())
    forget_in_redis()
    yield
    forget_in_redis()


def forget_in_redis() -> None:
    def forget(redis: Redis) -> None:
        for key in redis.scan_iter("bellhop:threat:*"):
            redis.delete(key)

    breaker.use(forget)


@pytest.fixture
def hotel(transactional_db: None) -> cast.Hotel:
    return cast.demo_hotel()


@pytest.fixture
def flag_off(transactional_db: None) -> None:
    flags.switch(["request-advanced-security"], on=False, by={"kind": "operator", "name": "root"})
