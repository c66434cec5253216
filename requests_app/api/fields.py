"""The fields of a request's body, by the rules of the contract's section 3."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.drainage import set_override
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from requests_app.formats import AMOUNT, CURRENCY, PHONE, PHONE_FILLING, ROOM
from requests_app.lifecycle import PRIORITY_BY_WORD, STATUS_BY_WORD, URGENCY_BY_WORD, Status, parse_status
from security.fields import PlainTextField

GROUPED_PHONE = r"[ .-]*(\+[ .-]*)?[1-9]([ .-]*[0-9]){0,15}[ .-]*"
SERVICE = r"[a-z0-9_-]+"
LANGUAGE = r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"
MODES = {"atomic": False, "partial": True}
CENT = Decimal("0.01")
LAST_YEAR = 9998
"""Later moments can not be told in every zone."""


class PatternField(PlainTextField):
    """A text that must look like its pattern from end to end."""

    def __init__(self, pattern: str, message: str, **options: Any) -> None:
        self.pattern = re.compile(pattern)
        self.message = message
        super().__init__(**options)
        _describe(self, pattern)

    def to_internal_value(self, data: Any) -> str:
        """Return the text, or say what it should look like."""
        text = super().to_internal_value(data)
        if text and not self.pattern.fullmatch(text):
            raise serializers.ValidationError(self.message)
        return text


class RoomField(PatternField):
    """A room number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            ROOM, "Send 1 to 10 letters, digits, hyphens or underscores.", max_length=10, **options
        )


class LanguageField(PatternField):
    """A language by BCP 47."""

    def __init__(self, **options: Any) -> None:
        super().__init__(LANGUAGE, "Send a language tag, like vi or en-GB.", max_length=35, **options)


class CurrencyField(PatternField):
    """A currency by ISO 4217."""

    def __init__(self, **options: Any) -> None:
        super().__init__(CURRENCY, "Send three capital letters, like VND.", max_length=3, **options)


class PhoneField(PlainTextField):
    """A phone number, kept without the spaces, dots and hyphens people group it by."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)
        _describe(self, GROUPED_PHONE)

    def to_internal_value(self, data: Any) -> str:
        """Return the bare number."""
        number = super().to_internal_value(data).translate(PHONE_FILLING)
        if number and not PHONE.fullmatch(number):
            raise serializers.ValidationError(
                "Send up to 16 digits, not first a zero, with or without a plus."
            )
        return number


class ServiceField(PatternField):
    """A service type's code; old clients write underscores for hyphens."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            SERVICE, "Send a code of the catalogue, like room-service.", max_length=30, **options
        )

    def to_internal_value(self, data: Any) -> str:
        """Return the catalogue's spelling."""
        return super().to_internal_value(data).replace("_", "-")


class MeaningField(PlainTextField):
    """A clean text that stands for something else."""

    def run_validation(self, data: Any = empty) -> Any:
        """Check the text as a text first, then return what it means."""
        text = super().run_validation(data)
        return self.meaning(text) if isinstance(text, str) and text else text

    def meaning(self, text: str) -> object:
        """Return what the text stands for."""
        raise NotImplementedError


class WordField(MeaningField):
    """One of a few words, kept as the value it stands for."""

    def __init__(self, words: Mapping[str, object], **options: Any) -> None:
        self.words = words
        super().__init__(max_length=30, **options)

    def meaning(self, text: str) -> object:
        """Return the word's value."""
        if text not in self.words:
            raise serializers.ValidationError(f"Send one of: {', '.join(self.words)}.", code="invalid_choice")
        return self.words[text]


@extend_schema_field({"type": "string", "enum": list(PRIORITY_BY_WORD)})
class PriorityField(WordField):
    """How much it matters, kept as its rank."""

    def __init__(self, **options: Any) -> None:
        super().__init__(PRIORITY_BY_WORD, **options)


@extend_schema_field({"type": "string", "enum": list(URGENCY_BY_WORD)})
class UrgencyField(WordField):
    """How soon it matters, kept as its rank."""

    def __init__(self, **options: Any) -> None:
        super().__init__(URGENCY_BY_WORD, **options)


@extend_schema_field({"type": "string", "enum": list(MODES)})
class ModeField(WordField):
    """All or none, or as many as can be; kept as whether a part will do."""

    def __init__(self, **options: Any) -> None:
        super().__init__(MODES, **options)


@extend_schema_field({"type": "string", "enum": list(STATUS_BY_WORD)})
class StatusField(MeaningField):
    """A status by today's name or by one of the old system's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, **options)

    def meaning(self, text: str) -> Status:
        """Return the status."""
        status = parse_status(text)
        if status is None:
            raise serializers.ValidationError(
                f"Send one of: {', '.join(Status.values)}.", code="invalid_choice"
            )
        return status


@extend_schema_field(
    {
        "anyOf": [
            {"type": "string", "pattern": f"^{AMOUNT.pattern}$"},
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10**12},
        ],
        "description": "more than 0, at most two decimals",
    }
)
class AmountField(serializers.Field[Any, Any, Any, Any]):
    """Money: a decimal string or a number, kept exactly."""

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the amount in hundredths."""
        text = str(data) if isinstance(data, int | float) and not isinstance(data, bool) else data
        if not isinstance(text, str) or not AMOUNT.fullmatch(text.strip()):
            raise serializers.ValidationError(
                'Send an amount like "12.50": at most 12 digits and two decimals.'
            )
        amount = Decimal(text.strip()).quantize(CENT)
        if not amount:
            raise serializers.ValidationError("Send more than 0.", code="min_value")
        return amount

    def to_representation(self, value: Any) -> str:
        """Return the amount as a text."""
        return str(value)


class MomentField(MeaningField):
    """A time; without an offset it is the property's, which the door adds."""

    formats: ClassVar[Sequence[str]] = ("date-time",)
    described = "a time by ISO 8601"

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)
        either: list[dict[str, Any]] = [{"format": name} for name in self.formats]
        either += [{"maxLength": 0}] if self.allow_blank else []
        set_override(self, "field", {"type": "string", "anyOf": either, "description": self.described})

    def meaning(self, text: str) -> datetime | date:
        """Return the time as it was meant, with an offset or without."""
        moment = read_moment(text)
        if moment is None:
            raise serializers.ValidationError("Send a time by ISO 8601, like 2030-05-01T18:30:00+07:00.")
        return moment


class CheckOutField(MomentField):
    """A time, or a bare date."""

    formats = ("date-time", "date")
    described = "a time by ISO 8601, or a date: noon of that day"

    def meaning(self, text: str) -> datetime | date:
        """Return a date or a time."""
        return read_date(text) or super().meaning(text)


@extend_schema_field({"type": "integer"})
class WholeNumberField(serializers.Field[int, Any, int, Any]):
    """A whole number that is a number in JSON too."""

    def to_internal_value(self, data: Any) -> int:
        """Return it; true and 1.0 are something else."""
        if type(data) is not int:
            raise serializers.ValidationError("Send a whole number.")
        return data

    def to_representation(self, value: int) -> int:
        """Return it as it is."""
        return value


class TruthField(serializers.BooleanField):
    """A JSON true or false, nothing that only looks like one."""

    def to_internal_value(self, data: Any) -> bool:
        """Return it."""
        if not isinstance(data, bool):
            raise serializers.ValidationError("Send true or false.")
        return data


def _describe(field: PlainTextField, pattern: str) -> None:
    """Tell the schema what the text looks like; the generator knows only its own fields' patterns."""
    whole = f"^({pattern})?$" if field.allow_blank else f"^{pattern}$"
    set_override(field, "field", {"type": "string", "pattern": whole, "maxLength": field.max_length})


def read_moment(text: str) -> datetime | None:
    """Return the time a text means by ISO 8601, None for anything else or out of reach."""
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        return None
    return moment if moment is not None and 1900 <= moment.year <= LAST_YEAR else None


def read_date(text: str) -> date | None:
    """Return the day a text means, None for anything else or out of reach."""
    try:
        day = parse_date(text.strip()) if len(text.strip()) == len("2030-05-01") else None
    except ValueError:
        return None
    return day if day is not None and 1900 <= day.year <= LAST_YEAR else None
