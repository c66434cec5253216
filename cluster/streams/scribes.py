"""Scribes write beside the events, under the same lock: each head has a tip for them to move.

This layer neither knows what they write nor for whom. A scribe is told what a unit emitted and noted,
moves ``tip`` of the locked heads, and returns the statements of its rows; they travel in the unit's
last trip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cluster.models import StreamHead
from cluster.statements import Statement


@dataclass(frozen=True, slots=True)
class Emission:
    """News that waits for its number. ``body`` is the encoded frame without it."""

    stream: int
    label: str
    name: str
    subjects: tuple[int, ...]
    rooms: list[str]
    actor: Mapping[str, object]
    change: Mapping[str, object]
    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something only a scribe can read."""

    stream: int
    what: object


Scribe = Callable[[Mapping[int, StreamHead], Sequence[Emission], Sequence[Note]], Iterable[Statement]]

_scribes: list[Scribe] = []


def register(scribe: Scribe) -> None:
    """Have ``scribe`` asked at the end of every unit of work."""
    if scribe not in _scribes:
        _scribes.append(scribe)


def written(
    heads: Mapping[int, StreamHead], emissions: Sequence[Emission], notes: Sequence[Note]
) -> list[Statement]:
    """Return what the scribes have to write of one unit; the heads are locked, and their tips move."""
    return [statement for scribe in _scribes for statement in scribe(heads, emissions, notes)]
