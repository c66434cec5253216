"""The query names the doors understand, from the same declarations that read them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from cluster.shapes import camel
from requests_app.api import paging
from requests_app.api.filters import RequestFilters, Words
from requests_app.lifecycle import PRIORITY_BY_WORD, URGENCY_BY_WORD, Status
from requests_app.queries import keyset
from requests_app.queries.statistics import GRANULARITIES

Kind = OpenApiTypes | dict[str, Any]
CHOICES = {"status": Status.values, "priority": list(PRIORITY_BY_WORD), "urgency": list(URGENCY_BY_WORD)}
WHOLE: dict[str, Any] = {"type": "integer", "minimum": 1}
SOMETHING: dict[str, Any] = {"type": "string", "minLength": 1}
TYPES: dict[str, Kind] = {
    "overdue": OpenApiTypes.BOOL,
    **dict.fromkeys(("start_date", "end_date", "assigned_to"), SOMETHING),
}


def _query(name: str, what: str = "", kind: Kind = OpenApiTypes.STR, **more: object) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=what, **more)  # type: ignore[arg-type]


def _filter(name: str) -> OpenApiParameter:
    declared = RequestFilters.declared_filters[name]
    many = isinstance(declared, Words)
    what = "repeatable or comma-separated" if many else str(declared.label or "")
    return _query(
        camel(name),
        what,
        TYPES.get(name, OpenApiTypes.STR),
        many=many,
        explode=False if many else None,
        enum=CHOICES.get(name),
    )


PROPERTY = _query("propertyId", "a property's slug or id; all of yours when left out")
ROOM = _query("roomNumber", "exactly this room")
SINCE = _query("since", "a position as epoch:seq, or a seq; 0 when left out", SOMETHING)
FORMAT = _query("format", "csv when left out", enum=["csv", "xlsx"])

SORTING = [
    _query("sortBy", "created_at when left out; camelCase too", enum=list(keyset.SORTS)),
    _query("sortOrder", "desc when left out", enum=list(paging.DIRECTIONS)),
]
PAGING = [
    _query("page", "from 1; page × limit up to 10,000", WHOLE),
    _query("limit", "1 to 100, 20 when left out", {**WHOLE, "maximum": 100}),
    _query("cursor", "nextCursor or previousCursor of another page, at any depth", SOMETHING),
]
FILTERS = [PROPERTY, *(_filter(name) for name in RequestFilters.declared_filters)]
RANGE = [
    PROPERTY,
    _query("startDate", "created at or after; a date is a day of the property", SOMETHING),
    _query("endDate", "created before; a date includes its day", SOMETHING),
    _query("granularity", "adds a series", enum=list(GRANULARITIES)),
]
LOG = [
    _query("propertyId", "a property's slug or id; needed when you have several"),
    SINCE,
    _query("limit", "1 to 500, 100 when left out", {**WHOLE, "maximum": 500}),
]
