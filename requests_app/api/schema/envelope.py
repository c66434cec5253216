"""Finishing the schema: the envelope around every answer, refusals, headers, and the probes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cluster.shapes import camel
from requests_app.api.schema import extras
from requests_app.api.schema.components import (
    HEADERS,
    LIMIT_HEADERS,
    METADATA,
    PAGINATION,
    PARAMETERS,
    PROBES,
    REFUSALS,
    REQUEST_HEADERS,
    SCHEMAS,
)

JSON = "application/json"
METHODS = ("get", "put", "post", "delete", "patch")
BODY_REFUSALS = ("400", "413", "415")
WRITE_REFUSALS = ("409", "422")

Operation = dict[str, Any]


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: FBT001
    """Return the schema as clients see it (``SPECTACULAR_SETTINGS["POSTPROCESSING_HOOKS"]``)."""
    result["paths"] = {_camel_path(path): item for path, item in result["paths"].items()}
    for path, method, operation in _operations(result):
        _finish(path, method, operation)
    components = result.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **SCHEMAS}
    components["responses"] = {name: refusal["response"] for name, refusal in REFUSALS.items()}
    components["headers"] = HEADERS
    components["parameters"] = PARAMETERS
    result["paths"] = {**result["paths"], **PROBES}
    return result


def _operations(result: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    for path, item in result["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _camel_path(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda name: f"{{{camel(name[1])}}}", path)


def _finish(path: str, method: str, operation: Operation) -> None:
    marks = {name for name in extras.ALL if operation.pop(name, None)}
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            _wrap(answer, marks)
    _name_parameters(operation)
    _tell_who(operation, marks)
    for name in _request_headers(marks):
        operation.setdefault("parameters", []).append({"$ref": f"#/components/parameters/{name}"})
    for status in _refusals(path, method, operation, marks):
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{status}"})
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _name_parameters(operation: Operation) -> None:
    for parameter in operation.get("parameters", []):
        if parameter.get("in") == "path":
            parameter["name"] = camel(parameter["name"])


def _tell_who(operation: Operation, marks: set[str]) -> None:
    """Ask for one of the credentials: DRF's own permissions are open, so the generator adds "none"."""
    known = [scheme for scheme in operation.get("security", []) if scheme]
    operation["security"] = [*known, {}] if extras.STRANGERS in marks or not known else known


def _request_headers(marks: set[str]) -> Iterator[str]:
    for mark, name in REQUEST_HEADERS:
        if mark is None or mark in marks:
            yield name


def _refusals(path: str, method: str, operation: Operation, marks: set[str]) -> Iterator[str]:
    yield from ("400", "401", "429", "500", "503")
    if operation["security"] != [{}]:
        yield from ("403", "404")
    if method != "get":
        yield from (*BODY_REFUSALS, *WRITE_REFUSALS)
    if extras.VERSIONED in marks:
        yield "412"
    if extras.REPLACES in marks:
        yield "304"
    if path == "/api/events":
        yield "410"


def _wrap(answer: dict[str, Any], marks: set[str]) -> None:
    answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _answer_headers(marks)}
    media = answer.get("content", {}).get(JSON)
    if media is None:
        return
    paged = extras.PAGED in marks
    properties = {"success": {"type": "boolean", "const": True}, "data": media["schema"]}
    properties |= {"pagination": {"$ref": PAGINATION}} if paged else {}
    properties["_metadata"] = {"$ref": METADATA}
    media["schema"] = {"type": "object", "properties": properties, "required": list(properties)}
    for example in media.get("examples", {}).values():
        example["value"] = _enveloped(example["value"], paged=paged)


def _answer_headers(marks: set[str]) -> Iterator[str]:
    yield from ("X-Request-ID", "X-Instance-ID", *LIMIT_HEADERS)
    if extras.CURSOR in marks:
        yield "X-Stream-Cursor"
    if extras.ETAG in marks:
        yield "ETag"
    if extras.CACHED in marks:
        yield "X-Cache"
    if extras.WRITES in marks:
        yield "Idempotent-Replayed"


def _enveloped(data: Any, *, paged: bool) -> dict[str, Any]:
    # The generator puts a list's example into a page of its own: ours is the envelope's.
    rows = data.get("results", data) if isinstance(data, dict) and paged else data
    page = {"pagination": SCHEMAS["Pagination"]["example"]} if paged else {}
    return {"success": True, "data": rows, **page, "_metadata": SCHEMAS["Metadata"]["example"]}
