"""Sums fade, are one for the cluster, and go on without Redis."""

from __future__ import annotations

import pytest

from cluster.redis import breaker
from security.watch import tally
from security.watch.tally import HALF_LIFE_SECONDS, Sum


def test_half_is_left_after_the_half_life() -> None:
    assert Sum(acts=40, texts=8, at=100).plus(5, 0, 100 + HALF_LIFE_SECONDS) == Sum(
        25, 4, 100 + HALF_LIFE_SECONDS
    )


def test_texts_alone_do_not_reach_the_threshold() -> None:
    assert Sum(acts=0, texts=10_000).score(60) == 60
    assert Sum(acts=45, texts=10_000).score(60) == 105


def test_two_processes_count_together() -> None:
    tally.add("user:1", acts=10, texts=0)
    tally._sums.clear()  # as another process, which has not heard of it
    assert tally.add("user:1", acts=10, texts=3).acts == pytest.approx(20, abs=0.5)


def test_without_redis_the_sum_goes_on_here() -> None:
    tally.add("user:1", acts=10, texts=0)

    def away(_: object) -> None:
        raise breaker.Away("gone")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(breaker, "use", away)
        found = tally.add("user:1", acts=10, texts=0)
    assert found.acts == pytest.approx(20, abs=0.5)


def test_a_forgotten_source_begins_anew() -> None:
    tally.add("user:1", acts=10, texts=0)
    tally.forget("user:1")
    assert tally.add("user:1", acts=1, texts=0).acts == pytest.approx(1)
