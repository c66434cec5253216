"""What was ordered: any JSON array, bounded, of texts we would keep anywhere else too."""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cluster.answers import bodies
from cluster.answers.problems import Invalid
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
        items = self._decoded(data) if isinstance(data, str) else data
        if not isinstance(items, list):
            raise serializers.ValidationError("Send a JSON array.", code="not_a_list")
        if bodies.is_deeper(items, DEEPEST) or len(items) > MOST or len(orjson.dumps(items)) > LARGEST:
            raise serializers.ValidationError(
                f"At most {MOST} items, {DEEPEST} levels deep and {LARGEST} bytes.", code="too_large"
            )
        return [self._kept(item) for item in items]

    def to_representation(self, value: Any) -> Any:
        """Return the array as it is."""
        return value

    def _decoded(self, data: str) -> object:
        if len(data) > LARGEST:
            raise serializers.ValidationError(f"At most {LARGEST} bytes.", code="too_large")
        try:
            return bodies.parse(data.encode()) if data.strip() else []
        except (Invalid, UnicodeEncodeError):
            return None

    def _kept(self, value: Any) -> Any:
        """Return a part of what was ordered with each of its texts as it is kept anywhere else."""
        if isinstance(value, str):
            most = settings.MAX_INPUT_LENGTH
            return text.clean(self.field_name or "items", value, limit=most, maximum=most)
        if isinstance(value, list):
            return [self._kept(part) for part in value]
        if isinstance(value, dict):
            return {self._kept(name): self._kept(part) for name, part in value.items()}
        return value
