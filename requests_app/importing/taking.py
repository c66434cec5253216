"""Taking old rows over, a batch a unit of work: requests, history, statistics and where each came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.db import IntegrityError

from cluster.streams import Work, unit_of_work
from requests_app.actions.create import new_order_id
from requests_app.chronicle import loading, writing
from requests_app.importing.places import Places
from requests_app.importing.reading import Fault
from requests_app.importing.report import Report
from requests_app.importing.rows import Row, SourceError
from requests_app.importing.translation import Destination, NotTaken, Rules, Translated, tenant_of, translate
from requests_app.models import GuestRequest, ImportedRequest
from security import audit
from security.caller import SYSTEM

BATCH = 1000
"""Rows a unit of work: each may be a daily count of its own, and SQLite takes 32,766 values a statement."""


class Ready(NamedTuple):
    """A row that can be taken, and where to."""

    old_id: int
    destination: Destination
    translated: Translated


@dataclass(slots=True)
class Import:
    """One run over a source. ``origin`` names the old system among several; dry, nothing is written."""

    origin: str
    places: Places
    rules: Rules
    report: Report
    dry: bool = False
    _given: set[str] = field(default_factory=set)

    def take(self, rows: Iterable[Row]) -> Iterator[int]:
        """Take every row that is not here yet, yielding how many each batch looked at. Raises SourceError."""
        rows = iter(rows)
        while batch := list(islice(rows, BATCH)):
            ready = self._ready(batch)
            self._number(ready)
            if not self.dry:
                self._write(ready)
            self._count(ready)
            yield len(batch)

    def _ready(self, batch: Sequence[Row]) -> list[Ready]:
        here, ready = self._here(batch), dict[int, Ready]()
        for row in batch:
            try:
                one = self._looked_at(row, here)
                if one is not None and one.old_id in ready:
                    raise NotTaken([Fault("id", "repeated", "There is another row of this id.")])
            except NotTaken as problem:
                self.report.not_taken(row, problem.faults)
                continue
            if one is not None:
                ready[one.old_id] = one
        return list(ready.values())

    def _here(self, batch: Sequence[Row]) -> Mapping[int, datetime]:
        ids = [row.old_id for row in batch if row.old_id is not None]
        taken = ImportedRequest.objects.filter(origin=self.origin, old_id__in=ids)
        return dict(taken.values_list("old_id", "changed_at"))

    def _looked_at(self, row: Row, here: Mapping[int, datetime]) -> Ready | None:
        """Return what can be taken, None for a row that is here already. Raises NotTaken."""
        if row.unreadable or row.old_id is None:
            reason = row.unreadable or "Its id is not a whole number."
            raise NotTaken([Fault("id", "unreadable", reason)])
        destination = self.places.of(tenant_of(row.values))
        if destination is None:
            raise NotTaken([_homeless(tenant_of(row.values))])
        if row.old_id not in here:
            return Ready(row.old_id, destination, translate(row, destination, self.rules))
        self._compare(row, destination, here[row.old_id])
        return None

    def _compare(self, row: Row, destination: Destination, changed_at: datetime) -> None:
        self.report.here_already += 1
        try:
            now = translate(row, destination, self.rules).columns["updated_at"]
        except NotTaken:
            now = None
        if now != changed_at:
            self.report.changed_since(row)

    def _number(self, ready: Sequence[Ready]) -> None:
        """Keep the order id a guest may have been told where it is the only one, else draw another."""
        orders = [one.translated.columns["order_id"] for one in ready]
        used = set(GuestRequest.objects.filter(order_id__in=orders).values_list("order_id", flat=True))
        used |= self._given
        for one in ready:
            columns = one.translated.columns
            if not columns["order_id"] or columns["order_id"] in used:
                columns["order_id"] = new_order_id()
                self.report.renumbered += 1
            used.add(columns["order_id"])
        if self.dry:
            self._given = used  # what an earlier batch would have written

    def _write(self, ready: Sequence[Ready]) -> None:
        by_property: dict[int, list[Ready]] = defaultdict(list)
        for one in ready:
            by_property[one.destination.property_id].append(one)
        try:
            with unit_of_work() as work:
                for property_id, some in by_property.items():
                    self._write_into(work, property_id, some)
        except IntegrityError as problem:
            raise SourceError(
                "something wrote the same rows meanwhile: is another import running? Nothing of this batch"
                f" was taken; begin again. ({type(problem).__name__})"
            ) from None

    def _write_into(self, work: Work, property_id: int, ready: Sequence[Ready]) -> None:
        ids = loading.reserve_ids(GuestRequest, len(ready))
        pairs = list(zip(ids, ready, strict=True))
        writing.write(work, property_id, [one.translated.story(pk) for pk, one in pairs])
        ImportedRequest.objects.bulk_create(
            ImportedRequest(
                origin=self.origin,
                old_id=one.old_id,
                request_id=pk,
                changed_at=one.translated.columns["updated_at"],
            )
            for pk, one in pairs
        )
        told = {"count": len(ready), "first": ready[0].old_id, "last": ready[-1].old_id}
        audit.record(
            "request:imported", by=SYSTEM, property=property_id, target=f"origin:{self.origin}", after=told
        )

    def _count(self, ready: Sequence[Ready]) -> None:
        report = self.report
        report.taken += len(ready)
        for _, destination, translated in ready:
            report.by_property[destination.slug] += 1
            report.beside.update(translated.beside)
            report.left.update(translated.left)
            if translated.hours_off is not None:
                report.hours_off[translated.hours_off] += 1


def _homeless(tenant: str) -> Fault:
    if not tenant:
        return Fault("tenant_id", "no_property", "It belongs to no tenant: say --property SLUG.")
    return Fault(
        "tenant_id", "no_property", f'Its tenant is no property of ours: say --tenant "{tenant[:60]}=SLUG".'
    )
