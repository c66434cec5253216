"""How the calls ended, and for how long none succeeded."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from requests_app.drill.journal import Call, Journal

BALANCER = "balancer"


def failed(journal: Journal, way: str = BALANCER) -> list[Call]:
    """Return the calls by one way that did not get what they asked for."""
    return [call for call in journal.calls if call.way == way and call.failed]


def by_outcome(calls: Sequence[Call]) -> str:
    """Say how calls ended: `3 (2 × 502, 1 × timeout)`."""
    counts = Counter(call.outcome for call in calls)
    words = ", ".join(f"{count} × {outcome}" for outcome, count in sorted(counts.items()))
    return f"{len(calls)} ({words})" if calls else "0"


def internal_errors(journal: Journal) -> list[Call]:
    """Return every call, by any way, that was answered with a 500."""
    return [call for call in journal.calls if call.outcome == "500"]


def without_retry_after(journal: Journal) -> list[Call]:
    """Return every refusal as unavailable that did not say when to come again."""
    return [call for call in journal.calls if call.outcome == "503" and not call.retry_after]


def failing_seconds(journal: Journal) -> float:
    """Return the time between the first and the last call through the balancer begun in vain."""
    begun = [call.began for call in failed(journal)]
    return max(begun) - min(begun) if begun else 0.0


def longest_outage(journal: Journal) -> float:
    """Return the longest time in which no call through the balancer succeeded."""
    calls = [call for call in journal.calls if call.way == BALANCER]
    if not calls:
        return math.inf
    good = sorted(call.ended for call in calls if not call.failed)
    edges = [min(call.began for call in calls), *good, max(call.ended for call in calls)]
    return max(two - one for one, two in pairwise(edges))
