"""Lateness, and how soon a fault is known and over, by the clients' own clock."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from requests_app.drill.checks import timing
from requests_app.drill.journal import Call, Journal, Session
from tests.drill.day import good_day

EVERYBODY = ("web-1", "web-2")


def restate(journal: Journal, begin: float, end: float, **other: object) -> None:
    """Let the statuses of a time have said something else."""
    journal.statuses = [
        replace(it, **other) if begin <= it.at < end else it  # type: ignore[arg-type]
        for it in journal.statuses
    ]


def test_news_is_late_by_the_time_since_its_acknowledgement() -> None:
    journal, _ = good_day()
    late = [it.late for it in timing.deliveries(journal)]
    assert len(late) == 20
    assert max(late) == pytest.approx(0.02)


def test_news_for_a_listener_just_back_is_late_since_it_is_back() -> None:
    journal, _ = good_day()
    ear = journal.ears[0]
    ear.sessions = [Session(0.0, 2.9), Session(4.0)]
    ear.heard = [replace(it, at=max(4.1, it.at)) if it.at > 2.9 else it for it in ear.heard]
    late = [it.late for it in timing.deliveries(journal) if it.ear == "one"]
    assert max(late) == pytest.approx(0.1)


def test_a_lost_node_is_known_once_anybody_shows_it_as_down() -> None:
    journal, _ = good_day()
    restate(journal, 5.0, 9.0, states={"web-1": "up", "web-2": "down"})
    assert timing.noticed(journal, 2.0, "web-2") == pytest.approx(3.0)
    assert timing.noticed(journal, 2.0, "web-1") == math.inf


def test_a_new_leader_is_another_one() -> None:
    journal, _ = good_day()
    restate(journal, 3.0, 4.0, leader=None)
    restate(journal, 4.0, 10.0, leader="web-2", term=2)
    assert timing.led_anew(journal, 2.0, "web-1") == pytest.approx(2.0)


def test_it_is_healed_after_the_last_thing_that_was_wrong() -> None:
    journal, _ = good_day()
    assert timing.healed(journal, 2.0, EVERYBODY) == 0.0
    restate(journal, 2.0, 3.1, degraded=True)
    assert timing.healed(journal, 2.0, EVERYBODY) == pytest.approx(1.0)
    journal.calls.append(Call(4.0, 4.5, "balancer", "502"))
    assert timing.healed(journal, 2.0, EVERYBODY) == pytest.approx(2.5)


def test_what_ends_in_trouble_never_healed() -> None:
    journal, _ = good_day()
    restate(journal, 9.0, 10.0, states={"web-1": "up", "web-2": "suspect"})
    assert timing.healed(journal, 2.0, EVERYBODY) == math.inf


def test_late_news_is_trouble_too() -> None:
    journal, _ = good_day()
    heard = journal.ears[0].heard
    heard[-1] = replace(heard[-1], at=9.0)
    assert timing.healed(journal, 2.0, EVERYBODY) == pytest.approx(3.5)


def test_a_listener_is_away_between_two_connections() -> None:
    journal, _ = good_day()
    journal.ears[0].sessions = [Session(0.0, 2.0), Session(3.5)]
    assert timing.reconnected(journal) == pytest.approx(1.5)
    journal.ears[1].sessions[-1].until = 4.0
    assert timing.reconnected(journal) == math.inf


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.99, 10), (0.1, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert timing.percentile(range(1, 11), share) == value


def test_nothing_measured_is_never() -> None:
    assert timing.percentile([], 0.99) == math.inf
