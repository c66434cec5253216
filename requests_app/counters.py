"""What one request adds to its property's statistics; pure but for the daily rows it writes.

The counters on the stream head answer the unbounded case in O(1), the daily counts any range
of days. Both move by the difference of two contributions, in the transaction of the change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from cluster.statements import Statement
from cluster.streams import UnderHead, Work
from requests_app.lifecycle import OPEN, is_pressing
from requests_app.models import DailyCount, GuestRequest

MEASURES = ("total", "responses", "response_us", "completions", "completion_us")


class Cell(NamedTuple):
    """The dimensions of a daily count."""

    day: date
    status: str
    priority: int
    urgency: int
    service_type: str


class Contribution(NamedTuple):
    """One request's place and measures; nothing at all once it is deleted."""

    cell: Cell
    measures: tuple[int, ...]


def contribution(request: GuestRequest) -> Contribution | None:
    """Return what ``request`` counts for as it stands, None when deleted."""
    if request.deleted_at is not None:
        return None
    cell = Cell(request.local_day, request.status, request.priority, request.urgency, request.service_type)
    response = microseconds(request.created_at, request.started_at)
    completion = microseconds(request.created_at, request.completed_at)
    measures = (1, int(response is not None), response or 0, int(completion is not None), completion or 0)
    return Contribution(cell, measures)


def microseconds(start: datetime, end: datetime | None) -> int | None:
    """Return the whole microseconds between two moments, None when the second never came."""
    if end is None:
        return None
    return (end - start) // timedelta(microseconds=1)


def counter_deltas(cell: Cell, measures: tuple[int, ...], sign: int = 1) -> dict[str, int]:
    """Return the names and amounts a cell moves on the stream head."""
    total = measures[0] * sign
    deltas = {name: amount * sign for name, amount in zip(MEASURES, measures, strict=True)}
    deltas[f"status:{cell.status}"] = total
    deltas[f"priority:{cell.priority}"] = total
    deltas[f"urgency:{cell.urgency}"] = total
    deltas[f"service:{cell.service_type}"] = total
    if cell.status in OPEN and is_pressing(cell.priority, cell.urgency):
        deltas["pressing"] = total
    return deltas


def move(work: Work, stream: int, before: Contribution | None, after: Contribution | None) -> None:
    """Take ``before`` out of the statistics of ``stream`` and put ``after`` in."""
    if before == after:
        return
    daily = work.under_head(DailyDeltas, stream)
    for part, sign in ((before, -1), (after, 1)):
        if part is not None:
            work.count(stream, counter_deltas(part.cell, part.measures, sign))
            daily.add(part, sign)


class DailyDeltas(UnderHead):
    """The daily counts one unit of work moves, summed per cell and written in one statement."""

    def __init__(self, stream: int) -> None:
        super().__init__(stream)
        self._cells: dict[Cell, list[int]] = defaultdict(lambda: [0] * len(MEASURES))

    def add(self, part: Contribution, sign: int) -> None:
        """Add or take away one contribution."""
        sums = self._cells[part.cell]
        for position, amount in enumerate(part.measures):
            sums[position] += amount * sign

    def statements(self) -> list[Statement]:
        """Return the statement that adds the sums, in the database, under the head's lock."""
        moved = {cell: sums for cell, sums in self._cells.items() if any(sums)}
        return [upsert(self.stream, moved)] if moved else []


def upsert(stream: int, cells: Mapping[Cell, list[int]]) -> Statement:
    """Return what adds ``cells`` to the daily counts, one statement for all on either database."""
    table = DailyCount._meta.db_table
    columns = ("stream", *Cell._fields, *MEASURES)
    one = f"({', '.join(['%s'] * len(columns))})"
    added = ", ".join(f"{name} = {table}.{name} + EXCLUDED.{name}" for name in MEASURES)
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * len(cells))} "  # noqa: S608
        f"ON CONFLICT (stream, {', '.join(Cell._fields)}) DO UPDATE SET {added}"
    )
    values: list[Any] = [value for cell, sums in cells.items() for value in (stream, *cell, *sums)]
    return statement, values
