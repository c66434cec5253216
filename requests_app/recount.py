"""Counting anew what the statistics say, and putting them right.

The database does the counting. A look needs no lock: rows, counters and daily counts change in
one transaction, so any one snapshot shows them agree or caught them apart. Only a repair holds
the stream head, and then for one statement over the property's requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import TruncDate

from cluster.models import StreamHead
from cluster.statements import together
from cluster.streams import SHOWN, UnderHead, move_version, unit_of_work
from requests_app.counters import MEASURES, Cell, counter_deltas, upsert
from requests_app.models import DailyCount, GuestRequest
from requests_app.models.request import LIVE
from requests_app.queries.statistics import measured
from security import audit
from security.caller import SYSTEM
from security.models import Property

BATCH = 2000
Counters = Mapping[str, int]
Cells = Mapping[Cell, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that is not what a recount gives."""

    name: str
    stored: int
    counted: int


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a property's statistics are from its requests; nothing at all when they are right."""

    counters: list[Difference] = field(default_factory=list)
    days: list[Difference] = field(default_factory=list)
    misplaced: int = 0

    @property
    def size(self) -> int:
        """Return how many numbers and requests are not where they belong."""
        return len(self.counters) + len(self.days) + self.misplaced

    @property
    def is_clean(self) -> bool:
        """Say whether everything agrees."""
        return not self.size


def look(place: Property) -> Drift:
    """Compare a property's statistics with its requests, as of one moment, while work goes on."""
    with _snapshot():
        return compared(place)


def repair(place: Property) -> Iterator[int]:
    """Put a property's statistics right, yielding how many requests each step put under their day.

    Rows before heads, here too: a new time zone moves requests to other days batch by batch first.
    """
    yield from _replace_days(place)
    with unit_of_work() as work:
        work.under_head(Recount, place.pk)
        audit.record("statistics:recounted", by=SYSTEM, property=place.pk, target=f"property:{place.pk}")
        # The number of events stays the same, yet pages show another total.
        move_version(SHOWN)


class Recount(UnderHead):
    """Writes a stream's statistics anew. Applied under its head, where they stand still."""

    def apply(self) -> None:
        """Replace the counters and the daily counts by what the requests add up to."""
        cells = _counted(self.stream)
        counters = {name: number for name, number in _summed(cells).items() if number}
        StreamHead.objects.filter(stream=self.stream).update(counters=counters)
        DailyCount.objects.filter(stream=self.stream).delete()
        found = list(cells.items())
        for first in range(0, len(found), BATCH):
            together([upsert(self.stream, {cell: list(sums) for cell, sums in found[first : first + BATCH]})])


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read from one state of the database, which SQLite's transactions always do."""
    with _without_a_writers_lock(), transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def _without_a_writers_lock() -> Iterator[None]:
    """Begin plainly on SQLite: our transactions are IMMEDIATE there, and counting 200,000 takes 2 s."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    usual = connection.transaction_mode  # type: ignore[attr-defined]
    connection.transaction_mode = None  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.transaction_mode = usual  # type: ignore[attr-defined]


def compared(place: Property) -> Drift:
    """Compare them within the transaction that is open."""
    head = StreamHead.objects.filter(stream=place.pk).first()
    cells = _counted(place.pk)
    counters = _differences(head.counters if head else {}, _summed(cells))
    days = _differences(_by_name(_stored(place.pk)), _by_name(cells))
    return Drift(counters, days, _misplaced(place).count())


def _counted(stream: int) -> Cells:
    rows = GuestRequest.objects.filter(LIVE, property_id=stream)
    return {cell: tuple(sums) for cell, sums in measured(rows)}


def _stored(stream: int) -> Cells:
    rows = DailyCount.objects.filter(stream=stream).values_list(*Cell._fields, *MEASURES)
    width = len(Cell._fields)
    return {Cell(*row[:width]): tuple(row[width:]) for row in rows.iterator()}


def _summed(cells: Cells) -> Counters:
    counters: dict[str, int] = {}
    for cell, sums in cells.items():
        for name, amount in counter_deltas(cell, sums).items():
            counters[name] = counters.get(name, 0) + amount
    return counters


def _by_name(cells: Cells) -> Counters:
    return {
        f"{'/'.join(map(str, cell))} {measure}": amount
        for cell, sums in cells.items()
        for measure, amount in zip(MEASURES, sums, strict=True)
    }


def _differences(stored: Counters, counted: Counters) -> list[Difference]:
    """Compare two sets of counters; one that is not there is zero."""
    pairs = ((name, stored.get(name, 0), counted.get(name, 0)) for name in sorted({*stored, *counted}))
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def _misplaced(place: Property) -> QuerySet[GuestRequest]:
    """Return the requests that stand under another day than the property's zone puts them (it changed)."""
    rows = GuestRequest.objects.filter(property=place).annotate(day=_day(place))
    return rows.exclude(local_day=F("day"))


def _day(place: Property) -> TruncDate:
    return TruncDate("created_at", tzinfo=ZoneInfo(place.timezone))


def _replace_days(place: Property) -> Iterator[int]:
    last = 0
    while True:
        with unit_of_work():
            rows = _misplaced(place).filter(pk__gt=last).order_by("pk").select_for_update(no_key=True)
            batch = list(rows.values_list("pk", flat=True)[:BATCH])
            if not batch:
                return
            GuestRequest.objects.filter(pk__in=batch).update(local_day=_day(place))
        last = batch[-1]
        yield len(batch)
