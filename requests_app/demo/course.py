"""What becomes of a request: the steps it takes and the lines they leave in its history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import NamedTuple

import orjson

from requests_app import events
from requests_app.chronicle.past import Happening
from requests_app.chronicle.writing import Columns, encoded
from requests_app.demo import phrases
from requests_app.demo.scene import Actor
from requests_app.lifecycle import PRIORITY_WORDS, URGENCY_WORDS, Status

CANCELLED_SHARE, HELD_SHARE = 0.05, 0.06


class Step(NamedTuple):
    """A status taken at a moment, with its note."""

    at: datetime
    status: Status
    notes: str = ""


def planned(created: datetime, minutes: int, random: Random) -> list[Step]:
    """Return the steps a request would take, were there time enough; ``minutes`` is its service level."""
    started = created + timedelta(minutes=minutes * random.lognormvariate(-1.5, 0.8))
    ended = started + timedelta(minutes=minutes * random.lognormvariate(-0.7, 0.6))
    chance = random.random()
    if chance < CANCELLED_SHARE:
        return [Step(started, Status.CANCELLED, random.choice(phrases.CANCELLED))]
    begin, end = (
        Step(started, Status.IN_PROGRESS),
        Step(ended, Status.COMPLETED, random.choice(phrases.COMPLETED)),
    )
    if chance > CANCELLED_SHARE + HELD_SHARE:
        return [begin, end]
    held = timedelta(minutes=minutes * random.uniform(0.3, 1.5))
    pause = Step(started + (ended - started) / 2, Status.ON_HOLD, random.choice(phrases.ON_HOLD))
    return [begin, pause, Step(pause.at + held, Status.IN_PROGRESS), end._replace(at=ended + held)]


def follow(columns: Columns, steps: Iterable[Step], taker: Actor | None) -> list[Happening]:
    """Take the request through ``steps``; whoever takes the first one takes it over."""
    told = []
    for step in steps:
        old: str = columns["status"]
        _enter(columns, step)
        told.append(
            _happened(
                columns, step.at, events.STATUS_CHANGED, moved(taker, old, step.status.value, step.notes)
            )
        )
        if columns["assignee_id"] is None and taker is not None:
            told += handed_over(columns, step.at, taker, '{"rule":"by-hand"}')
    return told


def handed_over(columns: Columns, at: datetime, taker: Actor, why: str) -> list[Happening]:
    """Assign the request; ``why`` is the encoded reason."""
    columns["assignee_id"], columns["assignment"] = taker.user_id, why
    return [_happened(columns, at, events.ASSIGNED, assigned(taker, why))]


def removed(columns: Columns, at: datetime, by: Actor, notes: str) -> list[Happening]:
    """Take the request out of sight."""
    columns |= {"deleted_at": at, "updated_at": at, "version": columns["version"] + 1}
    return [_happened(columns, at, events.DELETED, encoded({"actor": by.named(), "notes": notes}))]


def _enter(columns: Columns, step: Step) -> None:
    if columns["held_at"] is not None:
        stood_still = step.at - columns["held_at"]
        columns["held_for"] += stood_still
        columns["due_at"] += stood_still
    columns["status"] = step.status.value
    columns["notes"] = step.notes or columns["notes"]
    columns["held_at"] = step.at if step.status is Status.ON_HOLD else None
    columns["completed_at"] = step.at if step.status is Status.COMPLETED else None
    columns["cancelled_at"] = step.at if step.status is Status.CANCELLED else None
    if step.status is Status.IN_PROGRESS and columns["started_at"] is None:
        columns["started_at"] = step.at
    columns["updated_at"] = step.at
    columns["version"] += 1


def _happened(columns: Columns, at: datetime, name: str, change: str) -> Happening:
    return Happening(at, columns["id"], name, change)


# A history repeats itself: each of these texts is made once and used a thousand times.


@cache
def created(by: Actor, priority: int, urgency: int) -> str:
    """Return the change of ``request:created``."""
    rank = {"priority": PRIORITY_WORDS[priority], "urgency": URGENCY_WORDS[urgency]}
    to = {"status": Status.PENDING.value, **rank}
    return encoded({"actor": by.named(), "to": to})


@cache
def moved(by: Actor | None, old: str, new: str, notes: str) -> str:
    """Return the change of ``request:status_changed``."""
    actor = by.named() if by else {"kind": "system"}
    return encoded({"actor": actor, "from": {"status": old}, "to": {"status": new}, "notes": notes})


@cache
def assigned(taker: Actor, why: str) -> str:
    """Return the change of ``request:assigned``."""
    to = {"assignedTo": taker.username}
    return encoded({"actor": taker.named(), "from": {"assignedTo": None}, "to": to, "why": orjson.loads(why)})


@cache
def pressed(by: Actor, reason: str) -> str:
    """Return the change of ``request:urgent``."""
    return encoded({"actor": by.named(), "reason": reason})
