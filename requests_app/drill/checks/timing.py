"""How late the news was, how soon a fault was known, and how soon it was over."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from requests_app.drill.journal import Ear, Journal, Status

LATE_SECONDS = 0.5  # a listener is back to normal when its news comes sooner than this
UP = "up"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event at one listener: when its write was acknowledged, and how much later it came."""

    acked: float
    late: float
    ear: str


def deliveries(journal: Journal) -> list[Delivery]:
    """Return each event whose write was acknowledged; for a listener just back, late since it is back."""
    acked = {(w.request_id, w.version): w.acked for w in journal.writes if w.acked is not None}
    found = []
    for ear in journal.ears:
        sessions = iter(ear.sessions)
        session = next(sessions, None)
        for item in ear.heard:
            while session is not None and session.until < item.at:
                session = next(sessions, None)
            known = acked.get((item.request_id, item.version))
            if known is not None and session is not None:
                found.append(Delivery(known, max(0.0, item.at - max(known, session.since)), ear.name))
    return found


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that `share` of them do not exceed; infinite when there are none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, math.ceil(share * len(ranked)) - 1)] if ranked else math.inf


def first(statuses: Sequence[Status], after: float, holds: Callable[[Status], bool]) -> float:
    """Return the seconds from a moment to the first status of which something holds, or infinity."""
    return next((it.at - after for it in statuses if it.at >= after and holds(it)), math.inf)


def noticed(journal: Journal, after: float, victim: str) -> float:
    """Return how soon after a moment any other node showed the victim as down."""
    return first(journal.statuses, after, lambda it: it.states.get(victim) == "down")


def led_anew(journal: Journal, after: float, deposed: str) -> float:
    """Return how soon after a moment there was a leader who is not the deposed one."""
    return first(journal.statuses, after, lambda it: it.leader not in (None, deposed))


def reconnected(journal: Journal) -> float:
    """Return the longest time a listener was away between two connections."""
    away = [two.since - one.until for ear in journal.ears for one, two in pairwise(ear.sessions)]
    gone = any(ear.sessions and math.isfinite(ear.sessions[-1].until) for ear in journal.ears)
    return math.inf if gone else max(away, default=0.0)


def healed(journal: Journal, after: float, expected: Iterable[str]) -> float:
    """Return how long after a moment something was still wrong: a call, a status, a listener, late news."""
    wrong = [
        *(call.ended for call in journal.calls if call.failed),
        *(it.at for it in journal.statuses if not _whole(it, set(expected))),
        *(one for ear in journal.ears for one in _away_until(ear)),
        *(it.acked for it in deliveries(journal) if it.late > LATE_SECONDS),
    ]
    return max([0.0, *(at - after for at in wrong)]) if not _ends_badly(journal, expected) else math.inf


def _whole(status: Status, expected: set[str]) -> bool:
    up = {name for name, state in status.states.items() if state == UP}
    return status.leader is not None and not status.degraded and expected <= up


def _away_until(ear: Ear) -> list[float]:
    return [session.since for session in ear.sessions[1:]]


def _ends_badly(journal: Journal, expected: Iterable[str]) -> bool:
    """Say whether the last thing a node said was still of trouble."""
    last = {it.said_by: it for it in journal.statuses}
    return not all(_whole(it, set(expected)) for it in last.values())
