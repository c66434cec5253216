"""Where streams stand, in one small statement: the label of whatever is read after it.

The head of the control stream counts two versions beside its events. ``ACCESS`` moves with every
change of who may do what, ``SHOWN`` with changes of what lists show that no other head tells, and
when somebody clears the cache. Events of nodes and commands move neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from cluster.models import CONTROL_STREAM
from cluster.statements import Statement

ACCESS, SHOWN = "access", "shown"
SELECT = "SELECT stream, epoch, seq, counters FROM cluster_streamhead WHERE stream IN"


@dataclass(frozen=True, slots=True)
class Head:
    """One stream at one moment; its counters are read from JSON when somebody wants them."""

    epoch: str
    seq: int
    raw: str

    @property
    def counters(self) -> Mapping[str, int]:
        """Return the stream's exact counters."""
        found: dict[str, int] = orjson.loads(self.raw)
        return found

    def version(self, name: str) -> tuple[str, int]:
        """Return a version this head counts, comparable as long as the epoch is the same."""
        return self.epoch, self.counters.get(name, 0)


NEVER = Head("", 0, "{}")
"""The head of a stream in which nothing has happened yet."""


def read_standing(streams: Iterable[int]) -> dict[int, Head]:
    """Return the heads of ``streams`` and of the control stream, by primary key, as far as they exist."""
    with connection.cursor() as cursor:
        cursor.execute(*standing_of(streams))
        return heads_in(cursor.fetchall())


def standing_of(streams: Iterable[int]) -> Statement:
    """Return the statement that reads them."""
    wanted = (CONTROL_STREAM, *streams)
    return f"{SELECT} ({', '.join(['%s'] * len(wanted))})", wanted


def heads_in(rows: Iterable[Sequence[Any]]) -> dict[int, Head]:
    """Return the heads that statement found."""
    return {row[0]: Head(row[1], row[2], row[3]) for row in rows}
