"""What was ordered: any JSON array, bounded, of texts we would keep anywhere else too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from security import text

MOST = 100
DEEPEST = 5
LARGEST = 16_384
"""Bytes; what fits into one cell of a spreadsheet."""


@extend_schema_field(
    {"type": "array", "items": {}, "maxItems": MOST, "description": "at most 16 KB, 5 levels deep"}
)
class ItemsField(serializers.Field[Any, Any, Any, Any]):
    """A JSON array; old clients send it as a text that holds one."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the array."""
        items = _decoded(data) if isinstance(data, str) else data
        if not isinstance(items, list):
            raise serializers.ValidationError("Send a JSON array.", code="not_a_list")
        if len(items) > MOST or _depth(items) > DEEPEST or len(orjson.dumps(items)) > LARGEST:
            raise serializers.ValidationError(
                f"At most {MOST} items, {DEEPEST} levels deep and {LARGEST} bytes.", code="too_large"
            )
        for word in _texts(items):
            text.clean(self.field_name or "items", word, limit=settings.MAX_INPUT_LENGTH)
        return items

    def to_representation(self, value: Any) -> Any:
        """Return the array as it is."""
        return value


def _decoded(data: str) -> object:
    try:
        return orjson.loads(data) if data.strip() else []
    except orjson.JSONDecodeError:
        return None


def _depth(value: object) -> int:
    if not isinstance(value, list | dict):
        return 0
    inside = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(part) for part in inside), default=0)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _texts(part)
