"""Reading a JSON body, strictly: what another reader could understand differently is refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

import orjson
from django.http import HttpRequest, UnreadablePostError
from rest_framework.parsers import BaseParser

from cluster.answers.problems import Invalid, UnsupportedMedia

MEDIA_TYPE = "application/json"
DEEPEST = 32
"""Lists and objects inside one another; our own encoder stops at 254."""
MOST_PARTS = 10_000
"""Names and values, commas counted; the largest good body, a batch of 500 ids, has some 510."""


class StrictJSONParser(BaseParser):
    """DRF's way in: the only kind of body this service reads."""

    media_type = MEDIA_TYPE

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the body as Python values; an empty one is an empty object."""
        request = (parser_context or {}).get("request")
        # ``body`` and not the stream: it holds to DATA_UPLOAD_MAX_MEMORY_SIZE and can be read again.
        raw = getattr(request, "_request", request).body if request is not None else stream.read()
        return parse(raw) if raw else {}


def read_json(request: HttpRequest) -> object:
    """Return the body of a plain Django request, as StrictJSONParser would."""
    try:
        raw = request.body
    except UnreadablePostError as error:
        raise not_json("the body ended early") from error
    if not raw:
        return {}
    if request.content_type != MEDIA_TYPE:
        raise UnsupportedMedia
    return parse(raw)


def read_object(request: HttpRequest) -> dict[str, Any]:
    """Return the body, which must be a JSON object."""
    body = read_json(request)
    if isinstance(body, dict):
        return body
    raise Invalid.field("body", 'Send a JSON object, like {"name": "value"}.', "not_an_object")


def parse(raw: bytes) -> Any:
    """Return the value of a JSON text; raises Invalid with the word JSON."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise not_json(str(error)) from error
    # Only a text with many commas has many parts, and walking costs more than counting.
    if raw.count(b",") >= MOST_PARTS and _parts(value, MOST_PARTS) > MOST_PARTS:
        raise not_json(f"more than {MOST_PARTS} names and values")
    # Likewise only one with many brackets is deep.
    if raw.count(b"[") + raw.count(b"{") > DEEPEST and is_deeper(value, DEEPEST):
        raise not_json(f"more than {DEEPEST} levels deep")
    _refuse_repeated_names(raw)
    return value


def not_json(why: str) -> Invalid:
    """Return the refusal of a body that can not be read."""
    return Invalid(f"The body is not valid JSON: {why}.")


def is_deeper(value: object, levels: int) -> bool:
    """Say whether lists and objects stand more than ``levels`` inside one another; it looks no deeper."""
    if not isinstance(value, dict | list):
        return False
    return levels == 0 or any(is_deeper(item, levels - 1) for item in _inside(value))


def _parts(value: object, most: int) -> int:
    """Return how many values there are; a little over ``most``, it stops counting."""
    found, waiting = 0, [value]
    while waiting and found <= most:
        found += 1
        part = waiting.pop()
        if isinstance(part, dict | list):
            waiting.extend(_inside(part))
    return found


def _inside(value: dict[str, object] | list[object]) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value


def _refuse_repeated_names(raw: bytes) -> None:
    """Refuse an object with the same name twice: readers disagree which one counts."""
    json.loads(raw, object_pairs_hook=_once_each)


def _once_each(pairs: list[tuple[str, object]]) -> None:
    names = {name for name, _ in pairs}
    if len(names) < len(pairs):
        raise not_json("a name occurs twice in the same object")
