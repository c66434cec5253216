"""How calls ended is counted, and how long none succeeded."""

from __future__ import annotations

import math

import pytest

from requests_app.drill.checks import calls
from requests_app.drill.journal import Call, Journal
from tests.drill.day import good_day


def test_a_good_day_has_no_failed_call() -> None:
    journal, _ = good_day()
    assert calls.failed(journal) == []
    assert calls.internal_errors(journal) == []
    assert calls.longest_outage(journal) == pytest.approx(0.5)


def test_a_500_counts_at_any_door() -> None:
    journal, _ = good_day()
    journal.calls.append(Call(2.0, 2.1, "web-2", "500"))
    assert len(calls.internal_errors(journal)) == 1
    assert calls.failed(journal) == []


def test_failures_are_told_by_class() -> None:
    journal, _ = good_day()
    journal.calls += [Call(2.0, 2.1, "balancer", word) for word in ("502", "timeout", "502")]
    assert calls.by_outcome(calls.failed(journal)) == "3 (2 × 502, 1 × timeout)"


def test_calls_fail_from_the_first_to_the_last_begun_in_vain() -> None:
    journal, _ = good_day()
    journal.calls += [Call(2.0, 2.1, "balancer", "502"), Call(2.7, 7.7, "balancer", "timeout")]
    assert calls.failing_seconds(journal) == pytest.approx(0.7)


def test_an_outage_at_the_end_is_one_too() -> None:
    journal, _ = good_day()
    journal.calls.append(Call(9.0, 9.5, "balancer", "refused"))
    assert calls.longest_outage(journal) == pytest.approx(4.0)


def test_no_call_at_all_is_the_longest_outage() -> None:
    assert calls.longest_outage(Journal()) == math.inf


def test_a_503_has_to_say_when_to_come_again() -> None:
    journal, _ = good_day()
    journal.calls += [
        Call(2.0, 2.1, "balancer", "503", retry_after=True),
        Call(2.0, 2.1, "balancer", "503"),
    ]
    assert len(calls.without_retry_after(journal)) == 1
