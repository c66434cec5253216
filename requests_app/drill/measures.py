"""One line of the scoreboard: what was promised, what was measured, whether it was kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from requests_app.drill.checks import calls, events, leading, reads, timing, writes
from requests_app.drill.journal import Aftermath, Call, Journal

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Measure:
    """A promise beside its measurement. One without `promised` is only told."""

    what: str
    measured: str
    promised: str = ""
    kept: bool = True
    examples: list[str] = field(default_factory=list)


def none(what: str, found: Sequence[str]) -> Measure:
    """Nothing of the kind may have happened."""
    return Measure(what, str(len(found)), "0", not found, list(found[:SHOWN]))


def at_most(what: str, value: float, limit: float, unit: str = "s") -> Measure:
    """A number that may not be larger."""
    return Measure(what, _with_unit(value, unit), f"≤ {limit:.3g} {unit}".strip(), value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "") -> Measure:
    """A number that may not be smaller: without enough load, nothing was proven."""
    return Measure(what, _with_unit(value, unit), f"≥ {limit:g} {unit}".strip(), value >= limit)


def told(what: str, value: float, unit: str = "s") -> Measure:
    """A number nothing was promised for."""
    return Measure(what, _with_unit(value, unit))


def _with_unit(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return "never"
    digits = f"{value:.3f}" if unit == "s" else f"{value:,.0f}" if value == int(value) else f"{value:.2f}"
    return f"{digits} {unit}".strip()


def no_calls(what: str, found: Sequence[Call]) -> Measure:
    """No call may have ended so."""
    return Measure(what, calls.by_outcome(found), "0", not found)


def always(journal: Journal, after: Aftermath) -> list[Measure]:
    """What is promised whatever happens."""
    acked = sum(write.acked is not None for write in journal.writes)
    heard = sum(len(ear.heard) for ear in journal.ears)
    return [
        at_least("writes acknowledged", acked, 1),
        none("acknowledged writes lost", writes.lost(journal, after)),
        none("writes doubled", writes.doubled(journal, after)),
        at_least("events heard", heard, 1),
        none("events missed", events.missed(journal, after)),
        none("events doubled", events.doubled(journal)),
        at_least("reads after a write", len(journal.reads), 1),
        none("stale reads", reads.stale(journal, after)),
        none("quarrels about who leads", leading.quarrels(journal)),
        no_calls("answers 500", calls.internal_errors(journal)),
        no_calls("503 without Retry-After", calls.without_retry_after(journal)),
    ]


def outage(journal: Journal) -> list[Measure]:
    """What nothing is promised for by itself, but everybody asks."""
    late = [delivery.late for delivery in timing.deliveries(journal)]
    return [
        Measure("failed calls", calls.by_outcome(calls.failed(journal))),
        told("longest time without a successful call", calls.longest_outage(journal)),
        told("news after its acknowledgement, p99", timing.percentile(late, 0.99)),
    ]
