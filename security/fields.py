"""Fields of a body that carry text: plain text for people, secrets kept byte for byte."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from cluster.answers.problems import Invalid, Unclean
from cluster.shapes import camel
from security import text

REFUSED_BY_CLEANING = (ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)


class PlainTextField(serializers.CharField):
    """A text as ``security.text.clean`` keeps it; a number or a boolean is not a text."""

    def __init__(self, *, max_length: int, multiline: bool = True, **options: Any) -> None:
        self.multiline = multiline
        super().__init__(max_length=max_length, **options)
        # Cleaning has refused what these look for, in our own words and before they are asked.
        self.validators = [rule for rule in self.validators if not isinstance(rule, REFUSED_BY_CLEANING)]

    def run_validation(self, data: Any = empty) -> Any:
        """Clean first, so that every later rule sees the text as it would be stored."""
        return super().run_validation(self._cleaned(data) if isinstance(data, str) else data)

    def to_internal_value(self, data: Any) -> str:
        """Refuse what is not a JSON string."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)

    def _cleaned(self, data: str) -> str:
        try:
            return text.clean(
                camel(self.field_name or ""),
                data,
                limit=self.max_length or settings.MAX_INPUT_LENGTH,
                maximum=settings.MAX_INPUT_LENGTH,
                multiline=self.multiline,
            )
        except Unclean:
            raise
        except Invalid as problem:
            fault = problem.details[0]
            raise serializers.ValidationError(str(fault["message"]), code=str(fault["code"])) from None


class SecretField(serializers.CharField):
    """A password: a JSON string, neither trimmed nor normalised, never sent back."""

    def __init__(self, *, max_length: int = 1024, **options: Any) -> None:
        super().__init__(max_length=max_length, trim_whitespace=False, write_only=True, **options)

    def to_internal_value(self, data: Any) -> str:
        """Refuse what is not a JSON string."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(
    {
        "anyOf": [{"type": "string", "pattern": "^[-A-Za-z0-9_]{0,50}$"}, {"type": "integer", "minimum": 0}],
        "description": "a property's slug or id",
    }
)
class PropertyField(serializers.Field[Any, Any, Any, Any]):
    """Which property is meant; ``security.selection`` finds it, and refuses what can be none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **options})

    def to_internal_value(self, data: Any) -> Any:
        """Return it as sent."""
        return data

    def to_representation(self, value: Any) -> Any:
        """Return it as it is."""
        return value
