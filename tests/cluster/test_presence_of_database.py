"""While the database is away nobody queues for it, and its return is seen at once."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db.utils import ConnectionHandler
from psycopg_pool import PoolTimeout

from cluster.local.process import free_port
from cluster.postgresql import base
from cluster.postgresql.presence import TOLD_SECONDS, TRY_SECONDS, Presence
from settings.connections import LookedAfter


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("cluster.postgresql.presence.monotonic", lambda: now[0])
    return now


def test_nobody_has_failed() -> None:
    assert not Presence().is_away()


def test_one_in_a_while_is_let_through(clock: list[float]) -> None:
    presence = Presence()
    presence.lost()
    assert [presence.is_away() for _ in range(3)] == [False, True, True]
    clock[0] += TRY_SECONDS
    assert [presence.is_away() for _ in range(3)] == [False, True, True]


def test_an_old_failure_says_nothing(clock: list[float]) -> None:
    presence = Presence()
    presence.lost()
    presence.is_away()
    clock[0] += TOLD_SECONDS + 0.1
    assert not any(presence.is_away() for _ in range(3))


def test_a_success_ends_it() -> None:
    presence = Presence()
    presence.lost()
    presence.is_away()
    presence.found()
    assert not any(presence.is_away() for _ in range(3))


@pytest.fixture
def nowhere() -> Iterator[base.DatabaseWrapper]:
    """A pool for an address where nobody listens."""
    pool = {"min_size": 0, "max_size": 2, "timeout": 0.3, "reconnect_timeout": 0.1}
    place = {
        "ENGINE": "cluster.postgresql",
        "NAME": "bellhop",
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {**pool, "connection_class": LookedAfter}},
    }
    wrapper = ConnectionHandler({"default": {}, "nowhere": place})["nowhere"]
    assert isinstance(wrapper, base.DatabaseWrapper)
    yield wrapper
    wrapper.close_pool()


def test_only_who_tries_waits(nowhere: base.DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster.postgresql.base.presence", presence := Presence())
    monkeypatch.setattr("settings.connections.presence", presence)
    monkeypatch.setattr("cluster.postgresql.presence.TRY_SECONDS", 60)
    asked = nowhere.get_connection_params()
    for _ in range(2):  # the first finds out, the second is the one let through
        with pytest.raises(PoolTimeout):
            nowhere.get_new_connection(asked)
    for _ in range(20):
        with pytest.raises(psycopg.OperationalError, match="the database is away"):
            nowhere.get_new_connection(asked)
