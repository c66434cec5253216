"""The checker is told of events that went wrong, and complains of each."""

from __future__ import annotations

from dataclasses import replace

from requests_app.drill.checks import events
from requests_app.drill.journal import Ear
from tests.drill.day import good_day


def test_a_good_day_has_no_gap_and_nothing_double() -> None:
    journal, after = good_day()
    assert events.missed(journal, after) == []
    assert events.doubled(journal) == []


def test_a_gap() -> None:
    journal, after = good_day()
    del journal.ears[0].heard[4]
    assert events.missed(journal, after) == ["one did not hear 15"]


def test_an_end_that_never_came() -> None:
    journal, after = good_day()
    journal.ears[1].heard.pop()
    assert events.missed(journal, after) == ["two did not hear 20"]


def test_an_event_heard_twice() -> None:
    journal, _ = good_day()
    heard = journal.ears[0].heard
    heard.insert(5, heard[4])
    assert events.doubled(journal) == ["one heard 15 2 times"]


def test_an_event_out_of_order() -> None:
    journal, _ = good_day()
    heard = journal.ears[0].heard
    heard[4], heard[5] = heard[5], heard[4]
    assert events.doubled(journal) == ["one heard 15 after 16"]


def test_another_event_than_the_log_has() -> None:
    journal, after = good_day()
    heard = journal.ears[0].heard
    heard[4] = replace(heard[4], version=7)
    assert events.missed(journal, after) == ["one heard another 15: request:created of 3"]


def test_a_hole_in_the_log_itself() -> None:
    journal, after = good_day()
    for ear in journal.ears:
        del ear.heard[4]
    del after.log[4]
    assert events.missed(journal, after) == ["the log goes from 14 to 16"]


def test_a_listener_who_had_to_begin_anew() -> None:
    journal, after = good_day()
    journal.ears[0].refusals.append("could not resume: expired")
    assert events.missed(journal, after) == ["one could not resume: expired"]


def test_a_listener_who_never_came_in() -> None:
    journal, after = good_day()
    journal.ears.append(Ear("three"))
    assert events.missed(journal, after) == ["three never came in: no answer"]
