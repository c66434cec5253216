"""A page of requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cluster.answers.problems import Invalid
from requests_app import access, shown
from requests_app.models import GuestRequest
from requests_app.periods import Zone
from requests_app.queries import compiled, keyset
from requests_app.queries.criteria import ANY, Criteria, counted, matching
from requests_app.queries.flips import earliest, first_flip
from requests_app.queries.keyset import Mark, Order
from requests_app.queries.positions import Position, Standing, counters_of, standing, summed
from requests_app.shown import COLUMNS
from security import permissions
from security.caller import Caller

DEEPEST_OFFSET = 10_000
COUNT_CAP = 10_000
NEWEST = keyset.order_named("created_at", descending=True)

Row = Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which page: a number for the first 10,000 rows, a cursor for any depth."""

    page: int = 1
    limit: int = 20
    cursor: str = ""
    order: Order = NEWEST
    is_told: bool = True
    """Whether the answer says which page it is."""


FIRST_PAGE = Paging()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Who asks for which requests. ``properties`` narrows to those (None: all of the caller's)."""

    caller: Caller
    permission: str
    criteria: Criteria = ANY
    paging: Paging = FIRST_PAGE
    properties: frozenset[int] | None = None
    zone: Zone = UTC
    shape: tuple[bool, ...] = ()
    """How the door will show it: answers of one shape are never those of another."""

    def scope(self) -> frozenset[int] | None:
        """Return the properties looked at, None for all."""
        return self.caller.property_ids() if self.properties is None else self.properties

    def canonical(self) -> str:
        """Return everything the answer depends on beside the state of the streams; the same for the same."""
        view = f"guest:{self.caller.stay_id}" if self.caller.is_guest else "staff"
        scope = self.scope()
        asked = self.criteria.canonical(self.caller, self.zone)
        paging = self.paging
        return repr(
            (
                view,
                "all" if scope is None else sorted(scope),
                asked,
                paging.page,
                paging.limit,
                paging.cursor,
                paging.order.name,
                self.shape,
            )
        )

    def is_everyday(self) -> bool:
        """Say whether it is the newest of one whole property: the shape everybody asks for all day."""
        scope = self.scope()
        return (
            scope is not None
            and len(scope) == 1
            and not (self.caller.is_guest or self.paging.cursor or self.paging.page > 1)
            and self.paging.order == NEWEST
            and self.criteria == ANY
        )

    def rows(self) -> QuerySet[GuestRequest]:
        """Return everything that matches, in no order. Raises 401 or 403 where nothing is permitted."""
        found = access.permitted(self.caller, self.permission)
        if self.properties is not None:
            found = found.filter(property_id__in=self.properties)
        return matching(found, self.criteria, self.caller, self.zone)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the API shows it, and the position of the streams it was read after."""

    requests: list[dict[str, object]]
    pagination: dict[str, object]
    positions: list[Position]
    flips_at: datetime | None = None
    """When the clock alone changes it: the first moment a request shown here becomes overdue."""


def page(question: Question, stands: Standing | None = None) -> Page:
    """Return the page asked for, read after the position it is labelled with.

    Raises Invalid for a cursor that is not ours and for pages beyond ``DEEPEST_OFFSET`` rows.
    """
    check_depth(question.paging)
    stands = stands or standing(question.caller, question.scope())
    if question.is_everyday():
        return _everyday(question, stands.positions)
    now = timezone.now()
    rows = question.rows()
    if question.criteria.overdue is not None:
        # Who is on the page at all changes with the clock, too.
        flips_at = first_flip(question.scope(), now)
        return replace(_matching(question, rows, stands.positions), flips_at=flips_at)
    return _matching(question, rows, stands.positions)


def _matching(question: Question, rows: QuerySet[GuestRequest], standing: list[Position]) -> Page:
    mark = keyset.decode(question.paging.order, question.paging.cursor) if question.paging.cursor else None
    found, more = _read(rows, question.paging, mark)
    total, is_estimate = _total(question, rows, standing)
    counts = _counts(question.paging, total, is_estimate=is_estimate)
    pagination = _pagination(question.paging, found, counts, mark, more=more)
    return _page(question, found, pagination, standing)


def _everyday(question: Question, standing: list[Position]) -> Page:
    (property_id,) = question.scope() or frozenset()
    permissions.require(question.caller, question.permission, property_id)
    limit = question.paging.limit
    rows = compiled.newest_of_property(limit + 1).rows(property_id)
    counts = _counts(question.paging, summed(standing).get("total", 0), is_estimate=False)
    pagination = _pagination(question.paging, rows[:limit], counts, None, more=len(rows) > limit)
    return _page(question, rows[:limit], pagination, standing)


def _counts(paging: Paging, total: int, *, is_estimate: bool) -> dict[str, object]:
    return {"total": total, "totalPages": -(-total // paging.limit), "totalIsEstimate": is_estimate}


def _page(
    question: Question, rows: Sequence[Row], pagination: dict[str, object], standing: list[Position]
) -> Page:
    now = timezone.now()
    requests = [shown.shown(row, now) for row in rows]
    flips_at = earliest(requests)
    if question.caller.is_guest:
        requests = [shown.for_guest(request) for request in requests]
    return Page(requests, pagination, standing, flips_at)


def check_depth(paging: Paging) -> None:
    """Refuse pages by number that lie too deep."""
    if not paging.cursor and paging.page * paging.limit > DEEPEST_OFFSET:
        message = f"beyond {DEEPEST_OFFSET} rows; go on with cursor (nextCursor)"
        raise Invalid.field("page", message, "too_deep")


def _read(rows: QuerySet[GuestRequest], paging: Paging, mark: Mark | None) -> tuple[list[Row], bool]:
    """Return the page's rows in order, and whether there are more in the direction read."""
    backwards = mark is not None and mark.backwards
    order = paging.order.reversed() if backwards else paging.order
    if mark:
        rows = keyset.after(rows, order, mark)
    start = 0 if mark else (paging.page - 1) * paging.limit
    ordered = rows.order_by(*(key.order() for key in order.keys))
    found: list[Row] = list(ordered.values_list(*COLUMNS)[start : start + paging.limit + 1])
    cut = found[: paging.limit]
    return (cut[::-1] if backwards else cut), len(found) > paging.limit


def _total(question: Question, rows: QuerySet[GuestRequest], standing: list[Position]) -> tuple[int, bool]:
    """Return the number of matches and whether it is only a lower bound."""
    if not question.caller.is_guest:
        counters = summed(standing) if standing else counters_of(question.scope())
        exact = counted(question.criteria, counters)
        if exact is not None:
            return exact, False
    number = rows.order_by()[: COUNT_CAP + 1].count()
    return min(number, COUNT_CAP), number > COUNT_CAP


def _pagination(
    paging: Paging, found: Sequence[Row], counts: Mapping[str, object], mark: Mark | None, *, more: bool
) -> dict[str, object]:
    backwards = mark is not None and mark.backwards
    has_next = bool(found) and (more or backwards)
    has_previous = bool(found) and ((more or not backwards) if mark else paging.page > 1)
    return {
        "page": None if mark else paging.page,
        "limit": paging.limit,
        **counts,
        "nextCursor": _cursor(paging.order, found[-1], backwards=False) if has_next else None,
        "previousCursor": _cursor(paging.order, found[0], backwards=True) if has_previous else None,
    }


def _cursor(order: Order, row: Row, *, backwards: bool) -> str:
    values = tuple(row[COLUMNS.index(column)] for column in order.columns())
    return keyset.encode(order, Mark(backwards, values))
