"""The query names the doors understand, from the same declarations that read them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from cluster.shapes import camel
from requests_app.api import paging
from requests_app.api.filters import LONGEST_TEXT, RequestFilters, Words
from requests_app.formats import ROOM as ROOM_PATTERN
from requests_app.lifecycle import PRIORITY_BY_WORD, STATUS_BY_WORD, URGENCY_BY_WORD, Status
from requests_app.queries import keyset
from requests_app.queries.statistics import GRANULARITIES

Kind = OpenApiTypes | dict[str, Any]
CHOICES = {"status": Status.values, "priority": list(PRIORITY_BY_WORD), "urgency": list(URGENCY_BY_WORD)}
WHOLE: dict[str, Any] = {"type": "integer", "minimum": 1}
DAY_OR_TIME: list[dict[str, Any]] = [{"format": "date"}, {"format": "date-time"}]
BOUND: dict[str, Any] = {"type": "string", "anyOf": DAY_OR_TIME}
END: dict[str, Any] = {"type": "string", "anyOf": [*DAY_OR_TIME, {"maxLength": 0}]}
KEYSET: dict[str, Any] = {"type": "string", "maxLength": paging.LONGEST_CURSOR}
TEXT: dict[str, Any] = {"type": "string", "maxLength": LONGEST_TEXT}
CODE: dict[str, Any] = {"type": "string", "pattern": "^[_-]*[a-z0-9][a-z0-9_-]*$"}
TYPES: dict[str, Kind] = {"overdue": OpenApiTypes.BOOL, **dict.fromkeys(("start_date", "end_date"), BOUND)}


def _query(name: str, what: str = "", kind: Kind = OpenApiTypes.STR, **more: object) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=what, **more)  # type: ignore[arg-type]


def _filter(name: str) -> OpenApiParameter:
    declared = RequestFilters.declared_filters[name]
    many = isinstance(declared, Words)
    what = "repeatable or comma-separated" if many else str(declared.label or "")
    kind = _words(name) if many else TYPES.get(name, TEXT)
    return _query(camel(name), what, kind, explode=False if many else None)


def _words(name: str) -> dict[str, Any]:
    word = {"type": "string", "enum": CHOICES[name]} if name in CHOICES else CODE
    return {"type": "array", "items": word, "minItems": 1}


def _path(name: str, what: str, kind: dict[str, Any]) -> OpenApiParameter:
    return _query(name, what, kind, location=OpenApiParameter.PATH)


PLACE: dict[str, Any] = {"type": "string", "pattern": "^[-A-Za-z0-9_]{0,50}$"}
PROPERTY = _query("propertyId", "a property's slug or id; all of yours when left out", PLACE)
ROOM = _query("roomNumber", "exactly this room")
SINCE = _query(
    "since",
    "a position as epoch:seq, or a seq; 0 when left out",
    {"type": "string", "pattern": "^(([A-Za-z0-9]{1,16}:)?[0-9]{1,18})?$"},
)
FORMAT = _query("format", "csv when left out", enum=["csv", "xlsx"])

SORTING = [
    _query("sortBy", "created_at when left out; camelCase too", enum=list(keyset.SORTS)),
    _query("sortOrder", "desc when left out", enum=list(paging.DIRECTIONS)),
]
PAGING = [
    _query("page", "from 1; page × limit up to 10,000", WHOLE),
    _query("limit", "1 to 100, 20 when left out", {**WHOLE, "maximum": 100}),
    _query(
        "cursor",
        "nextCursor or previousCursor of another page, at any depth",
        {"type": "string", "maxLength": paging.LONGEST_CURSOR},
    ),
]
FILTERS = [PROPERTY, *(_filter(name) for name in RequestFilters.declared_filters)]
RANGE = [
    PROPERTY,
    _query("startDate", "created at or after; a date is a day of the property", END),
    _query("endDate", "created before; a date includes its day", END),
    _query("granularity", "adds a series", enum=list(GRANULARITIES)),
]
LOG = [
    _query("propertyId", "a property's slug or id; needed when you have several", PLACE),
    SINCE,
    _query("limit", "1 to 500, 100 when left out", {**WHOLE, "maximum": 500}),
]
NAME: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
OF_ROOM = _path("room_number", "exactly this room", {"type": "string", "pattern": f"^{ROOM_PATTERN}$"})
OF_GUEST = _path("guest_name", "contains, case-folded in every script", NAME)
OF_STATUS = _path("status", "", {"type": "string", "enum": list(STATUS_BY_WORD)})
OF_PRIORITY = _path("priority", "", {"type": "string", "enum": CHOICES["priority"]})
OF_ASSIGNEE = _path("assigned_to", "me, none or a username", NAME)
