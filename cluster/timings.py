"""How long operations take: exact counts in fixed buckets, so that nodes can be added up."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ContextDecorator
from dataclasses import dataclass, field
from threading import Lock
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from prometheus_client import REGISTRY
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from cluster import flags, tuning

BOUNDS = (
    0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200,
    300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10_000, 15_000, 30_000,
)  # fmt: skip
"""Upper bounds in milliseconds; what is longer than the last falls in one more bucket."""


@dataclass(slots=True)
class Timing:
    """The durations of one operation, in milliseconds."""

    total: float = 0.0
    longest: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def add(self, milliseconds: float) -> None:
        """Count one duration."""
        self.buckets[bisect_left(BOUNDS, milliseconds)] += 1
        self.total += milliseconds
        self.longest = max(self.longest, milliseconds)

    def merge(self, other: Timing) -> None:
        """Count another's durations too."""
        self.buckets = [mine + theirs for mine, theirs in zip(self.buckets, other.buckets, strict=True)]
        self.total += other.total
        self.longest = max(self.longest, other.longest)

    @property
    def count(self) -> int:
        """Return how many durations were counted."""
        return sum(self.buckets)

    def percentile(self, share: float) -> float:
        """Return the duration that ``share`` of them do not exceed, interpolated in its bucket."""
        wanted = share * self.count
        below = 0
        for index, here in enumerate(self.buckets):
            if here and below + here >= wanted:
                return self._within(index, (wanted - below) / here)
            below += here
        return 0.0

    def _within(self, index: int, share: float) -> float:
        low = BOUNDS[index - 1] if index else 0.0
        high = min(BOUNDS[index], self.longest) if index < len(BOUNDS) else self.longest
        return low + (high - low) * share

    def as_dict(self) -> dict[str, float]:
        """Return what a person reads: count, avg, p50, p95 and p99 in milliseconds."""
        count = self.count
        percentiles = {name: round(self.percentile(share), 3) for name, share in PERCENTILES.items()}
        return {"count": count, "avg": round(self.total / count, 3) if count else 0.0, **percentiles}


SAMPLING_RATE = "PERFORMANCE_SAMPLING_RATE"
PERCENTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}

_timings: dict[str, Timing] = {}
_switches: list[flags.Flag] = []
_lock = Lock()


class timed(ContextDecorator):  # noqa: N801 - reads as a word at the call, like contextlib's own
    """Count how long a block or a function takes, as ``operation``; failures count too."""

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._started = 0.0

    def _recreate_cm(self) -> Self:
        # A decorated function runs in many threads at once: each call needs its own start.
        return type(self)(self._operation)

    def __enter__(self) -> Self:
        self._started = perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        record(self._operation, (perf_counter() - self._started) * 1000)


def switched_by(flag: flags.Flag) -> None:
    """Let a flag stop the counting; the app that knows the flag's name says so when it is ready."""
    _switches.append(flag)


def is_recording() -> bool:
    """Say whether what is done in this call is timed; asks nobody."""
    return settings.PERFORMANCE_MONITORING_ENABLED and all(map(flags.is_known_on, _switches))


def is_sampled() -> bool:
    """Draw whether this operation is one of those that are timed (``PERFORMANCE_SAMPLING_RATE``)."""
    rate: float = tuning.value(SAMPLING_RATE)
    return rate >= 1 or random.random() < rate  # noqa: S311 - nobody gains from guessing it


def record(operation: str, milliseconds: float) -> None:
    """Count one duration of ``operation``, unless the counting is switched off or leaves this one out."""
    if not is_recording() or not is_sampled():
        return
    with _lock:
        timing = _timings.get(operation)
        if timing is None:
            timing = _timings[operation] = Timing()
        timing.add(milliseconds)


def timings() -> dict[str, Timing]:
    """Return a copy of every operation's durations, to be added to other nodes'."""
    with _lock:
        return {name: Timing(it.total, it.longest, list(it.buckets)) for name, it in _timings.items()}


def snapshot() -> dict[str, dict[str, float]]:
    """Return count, avg, p50, p95 and p99 (milliseconds) of every operation of this process."""
    return {name: timing.as_dict() for name, timing in sorted(timings().items())}


def reported() -> dict[str, dict[str, object]]:
    """Return every operation's durations in a form that crosses nodes."""
    return {
        name: {"total": round(it.total, 3), "longest": round(it.longest, 3), "buckets": it.buckets}
        for name, it in timings().items()
    }


def merged(reports: Iterable[Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, float]]:
    """Return count, avg, p50, p95 and p99 of every operation over several nodes' reports."""
    sums: dict[str, Timing] = {}
    for report in reports:
        for name, said in report.items():
            if len(said["buckets"]) == len(BOUNDS) + 1:  # a node of another release may count otherwise
                sums.setdefault(name, Timing()).merge(Timing(said["total"], said["longest"], said["buckets"]))
    return {name: timing.as_dict() for name, timing in sorted(sums.items())}


class OperationSeconds(Collector):
    """Tells Prometheus the same durations, in seconds, without counting them twice."""

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Yield one histogram with a label for each operation."""
        family = HistogramMetricFamily(
            "bellhop_operation_seconds", "Duration of operations.", labels=["operation"]
        )
        for name, timing in sorted(timings().items()):
            family.add_metric([name], _cumulative(timing), sum_value=timing.total / 1000)
        yield family


def _cumulative(timing: Timing) -> list[tuple[str, float]]:
    rows: list[tuple[str, float]] = []
    seen = 0
    for bound, here in zip([*(str(bound / 1000) for bound in BOUNDS), "+Inf"], timing.buckets, strict=True):
        seen += here
        rows.append((bound, seen))
    return rows


REGISTRY.register(OperationSeconds())
