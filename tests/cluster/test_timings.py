"""Durations are counted in buckets and told as percentiles."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest
from prometheus_client import REGISTRY

from cluster import timings
from cluster.timings import Timing, merged, record, snapshot, timed


@pytest.fixture(autouse=True)
def _nothing_counted_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timings, "_timings", {})


def test_it_works_around_a_block_and_a_function() -> None:
    @timed("work")
    def work() -> int:
        return 7

    with timed("work"):
        assert work() == 7
    assert snapshot()["work"]["count"] == 2


def test_it_counts_what_fails_too() -> None:
    with pytest.raises(ValueError, match="no"), timed("work"):
        raise ValueError("no")
    assert snapshot()["work"]["count"] == 1


def test_it_tells_average_and_percentiles_in_milliseconds() -> None:
    for milliseconds in range(1, 101):
        record("work", milliseconds)
    told = snapshot()["work"]
    assert (told["count"], told["avg"]) == (100, 50.5)
    assert told["p50"] == pytest.approx(50, abs=3)
    assert told["p95"] == pytest.approx(95, abs=5)
    assert told["p95"] <= told["p99"] <= 100


def test_it_does_not_invent_what_is_longer_than_the_longest() -> None:
    record("work", 90_000)
    assert snapshot()["work"]["p99"] <= 90_000


def test_nodes_add_up_by_bucket() -> None:
    one, other, both = Timing(), Timing(), Timing()
    for milliseconds in (1, 5, 20):
        one.add(milliseconds)
        other.add(milliseconds * 10)
        both.add(milliseconds)
        both.add(milliseconds * 10)
    one.merge(other)
    assert one.as_dict() == both.as_dict()


def test_no_duration_is_lost_between_threads() -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: record("work", 1), range(2000)))
    assert snapshot()["work"]["count"] == 2000


def test_prometheus_reads_the_same_counts() -> None:
    record("work", 2)
    record("work", 40)
    labels = {"operation": "work"}
    assert REGISTRY.get_sample_value("bellhop_operation_seconds_count", labels) == 2
    assert REGISTRY.get_sample_value("bellhop_operation_seconds_sum", labels) == pytest.approx(0.042)
    assert REGISTRY.get_sample_value("bellhop_operation_seconds_bucket", {**labels, "le": "0.005"}) == 1


def test_nodes_are_merged_from_their_buckets() -> None:
    """Nine fast calls on one node, one slow on the other: an average of percentiles would lie."""
    quick, slow = Timing(), Timing()
    for _ in range(9):
        quick.add(1)
    slow.add(900)
    both = merged([{"thing": asdict(quick)}, {"thing": asdict(slow)}, {}])["thing"]
    assert both["count"] == 10
    assert both["avg"] == pytest.approx(90.9)
    assert both["p50"] <= 1
    assert both["p99"] > 750
