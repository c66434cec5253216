"""The parts of the schema that every operation shares."""

from __future__ import annotations

from typing import Any

from cluster.answers import problems
from cluster.answers.envelope import ARCHITECTURE, MODULE
from cluster.answers.problems import Problem
from cluster.identity import VERSION
from cluster.once import KEY_PATTERN
from requests_app.api.schema import extras
from requests_app.problems import BulkRejected, IllegalMove, RequestNotFound

Part = dict[str, Any]

METADATA = "#/components/schemas/Metadata"
PAGINATION = "#/components/schemas/Pagination"
FAILURE = "#/components/schemas/Failure"

KINDS: tuple[type[Problem], ...] = (
    *(problems.Invalid, problems.Unclean, problems.AuthenticationRequired, problems.PermissionDenied),
    *(
        problems.NotFound,
        RequestNotFound,
        problems.MethodNotAllowed,
        problems.Conflict,
        IllegalMove,
        BulkRejected,
    ),
    *(problems.LogGone, problems.PreconditionFailed, problems.TooLarge, problems.UnsupportedMedia),
    *(problems.IdempotencyConflict, problems.RuleViolated, problems.LimitExceeded),
    *(problems.DatabaseUnavailable, Problem),
)
CODES = list(dict.fromkeys(kind.code for kind in KINDS))

TEXT: Part = {"type": "string"}
NUMBER: Part = {"type": "integer"}
TRUTH: Part = {"type": "boolean"}
MOMENT: Part = {"type": "string", "format": "date-time"}


def _object(properties: dict[str, Part], *, optional: tuple[str, ...] = (), **more: Any) -> Part:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, **more}


METADATA_EXAMPLE = {
    "module": MODULE,
    "version": VERSION,
    "architecture": ARCHITECTURE,
    "timestamp": "2026-11-24T03:00:00.123Z",
    "requestId": "0f9c2b1e7d5a4c3b8e6f1a2d3c4b5e6f",
    "instanceId": "web-1",
}
PAGINATION_EXAMPLE = {
    "page": 1,
    "limit": 20,
    "total": 1,
    "totalPages": 1,
    "totalIsEstimate": False,
    "nextCursor": None,
    "previousCursor": None,
}
OR_NULL: Part = {"type": ["string", "null"]}
SCHEMAS: dict[str, Part] = {
    "Metadata": _object(
        {name: MOMENT if name == "timestamp" else TEXT for name in METADATA_EXAMPLE}, example=METADATA_EXAMPLE
    ),
    "Pagination": _object(
        {
            "page": {"type": ["integer", "null"], "description": "null on a page reached by cursor"},
            "limit": NUMBER,
            "total": NUMBER,
            "totalPages": NUMBER,
            "totalIsEstimate": {**TRUTH, "description": "true: there are at least this many"},
            "nextCursor": OR_NULL,
            "previousCursor": OR_NULL,
        },
        example=PAGINATION_EXAMPLE,
    ),
    "FaultDetail": _object(
        {"field": TEXT, "message": TEXT, "code": TEXT},
        additionalProperties=True,
        description="one thing at fault",
    ),
    "Failure": _object(
        {
            "success": {**TRUTH, "const": False},
            "error": {**TEXT, "description": "one clear sentence"},
            "code": {**TEXT, "enum": CODES},
            "details": {"type": "array", "items": {"$ref": "#/components/schemas/FaultDetail"}},
            "retryAfter": {**NUMBER, "description": "seconds"},
            "_metadata": {"$ref": METADATA},
        },
        optional=("details", "retryAfter"),
    ),
    "Health": _object(
        {
            "status": {**TEXT, "enum": ["healthy", "degraded", "unhealthy"]},
            "checks": {"type": "object", "additionalProperties": {"type": "object"}},
            "instanceId": TEXT,
            "version": TEXT,
        },
        optional=("checks",),
    ),
}


def _refusal(kinds: list[type[Problem]]) -> Part:
    what = "; ".join(f"`{kind.code}`: {(kind.__doc__ or '').strip()}" for kind in kinds)
    media: Part = {
        "schema": {"$ref": FAILURE},
        "examples": {kind.__name__: {"value": _said(kind)} for kind in kinds},
    }
    return {"response": {"description": what, "content": {"application/json": media}}}


def _said(kind: type[Problem]) -> Part:
    return {"success": False, "error": kind.message, "code": kind.code, "_metadata": METADATA_EXAMPLE}


REFUSALS: dict[str, Part] = {
    "304": {"response": {"description": "Your copy is the present one."}},
    **{
        str(status): _refusal([kind for kind in KINDS if kind.status == status])
        for status in sorted({kind.status for kind in KINDS})
    },
}
LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
HEADERS: dict[str, Part] = {
    name: {"description": what, "schema": TEXT}
    for name, what in {
        "X-Request-ID": "the name of this call: yours, when you sent a sane one",
        "X-Instance-ID": "the node that answered",
        "X-Stream-Cursor": "property:epoch:seq, read before the data: events from here on miss nothing",
        "ETag": "the version of the request; of a list or of statistics, a weak name of this very answer",
        "X-Cache": "what answered: L1 this process's memory, L2 Redis, MISS the database, BYPASS never kept",
        "RateLimit-Limit": "how many calls you have in a window; not sent where limits are off",
        "RateLimit-Remaining": "how many of them are left; X-RateLimit-* say the same",
        "RateLimit-Reset": "seconds until the window ends",
        "Idempotent-Replayed": "true when this is the first answer again",
    }.items()
}


def _header(name: str, what: str, schema: Part = TEXT) -> Part:
    return {"name": name, "in": "header", "required": False, "description": what, "schema": schema}


PARAMETERS: dict[str, Part] = {
    "RequestId": _header("X-Request-ID", "your name for this call: up to 128 letters, digits, dots, hyphens"),
    "IdempotencyKey": _header(
        "Idempotency-Key",
        "up to 255 visible characters: the same call within 24 hours is done once",
        {**TEXT, "pattern": KEY_PATTERN},
    ),
    "IfMatch": _header("If-Match", "the ETag you saw, or *; another version is a 412"),
    "IfNoneMatch": _header("If-None-Match", "the ETag you have; 304 when it is still the present one"),
}
REQUEST_HEADERS = (
    (None, "RequestId"),
    (extras.WRITES, "IdempotencyKey"),
    (extras.VERSIONED, "IfMatch"),
    (extras.REPLACES, "IfNoneMatch"),
)


def _probe(name: str, what: str, media: str, schema: Part) -> Part:
    content = {"content": {media: {"schema": schema}}}
    answers = {"200": {"description": "fit", **content}, "503": {"description": "not fit", **content}}
    return {
        "get": {
            "operationId": name,
            "description": what,
            "tags": ["operation"],
            "security": [{}],
            "responses": answers,
        }
    }


HEALTH: Part = {"$ref": "#/components/schemas/Health"}
STATE: Part = _object({"status": TEXT, "instanceId": TEXT, "version": TEXT})
PROBES: dict[str, Part] = {
    "/health": _probe("health", "How this node is, check by check.", "application/json", HEALTH),
    "/health/live": _probe("health_live", "This process answers.", "application/json", STATE),
    "/health/ready": _probe("health_ready", "The balancer may send work here.", "application/json", STATE),
    "/metrics": _probe("metrics", "Prometheus text, for those who may scrape.", "text/plain", TEXT),
}
PROBES["/metrics"]["get"]["responses"]["403"] = {"description": "not for you"}
