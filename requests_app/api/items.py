"""What was ordered: any JSON array, bounded, of texts we would keep anywhere else too."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cluster.answers import bodies
from cluster.answers.problems import Invalid
from requests_app.formats import DEEPEST_ITEMS, LARGEST_ITEMS, MOST_ITEMS, are_too_large, kept


@extend_schema_field(
    {"type": "array", "items": {}, "maxItems": MOST_ITEMS, "description": "at most 16 KB, 5 levels deep"}
)
class ItemsField(serializers.Field[Any, Any, Any, Any]):
    """A JSON array; old clients send it as a text that holds one."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the array."""
        items = self._decoded(data) if isinstance(data, str) else data
        if not isinstance(items, list):
            raise serializers.ValidationError("Send a JSON array.", code="not_a_list")
        if are_too_large(items):
            raise serializers.ValidationError(
                f"At most {MOST_ITEMS} items, {DEEPEST_ITEMS} levels deep and {LARGEST_ITEMS} bytes.",
                code="too_large",
            )
        name = self.field_name or "items"
        return [kept(name, item, maximum=settings.MAX_INPUT_LENGTH) for item in items]

    def to_representation(self, value: Any) -> Any:
        """Return the array as it is."""
        return value

    def _decoded(self, data: str) -> object:
        if len(data) > LARGEST_ITEMS:
            raise serializers.ValidationError(f"At most {LARGEST_ITEMS} bytes.", code="too_large")
        try:
            return bodies.parse(data.encode()) if data.strip() else []
        except (Invalid, UnicodeEncodeError):
            return None
