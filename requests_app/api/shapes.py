"""The shapes of what clients send: which fields, under which names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from cluster.shapes import CamelSerializer
from requests_app.api import fields
from requests_app.api.items import ItemsField
from security import selection
from security.fields import PlainTextField, PropertyField
from security.models.access import USERNAME_LENGTH

OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}
OPTIONAL_TEXT: dict[str, Any] = {**OPTIONAL, "allow_blank": True}
LARGEST_BATCH = 500
LEGACY = {"request_content": "request_text"}


class RequestShape(CamelSerializer):
    """What can be said about a request when it is made, and corrected later."""

    aliases: ClassVar[Mapping[str, str]] = LEGACY

    request_text = PlainTextField(max_length=1000)
    room_number = fields.RoomField()
    guest_name = PlainTextField(max_length=100, **OPTIONAL_TEXT)
    phone_number = fields.PhoneField(**OPTIONAL_TEXT)
    service_type = fields.ServiceField(**OPTIONAL)
    priority = fields.PriorityField(**OPTIONAL)
    urgency = fields.UrgencyField(**OPTIONAL)
    description = PlainTextField(max_length=500, **OPTIONAL_TEXT)
    special_instructions = PlainTextField(max_length=500, **OPTIONAL_TEXT)
    delivery_time = fields.MomentField(**OPTIONAL_TEXT)
    items = ItemsField(**OPTIONAL)
    total_amount = fields.AmountField(**OPTIONAL)
    currency = fields.CurrencyField(**OPTIONAL)
    assigned_to = PlainTextField(max_length=USERNAME_LENGTH, help_text="a username, or null", **OPTIONAL_TEXT)


class NewRequestShape(RequestShape):
    """A new request."""

    aliases: ClassVar[Mapping[str, str]] = {**selection.ALIASES, **LEGACY}

    property_id = PropertyField()
    order_type = PlainTextField(max_length=50, **OPTIONAL_TEXT)
    language = fields.LanguageField(**OPTIONAL_TEXT)


class GuestRequestShape(NewRequestShape):
    """A guest's new request: the room is theirs, whether they name it or not."""

    room_number = fields.RoomField(**OPTIONAL_TEXT)


class VersionedShape(CamelSerializer):
    """Anything that may say which version its sender saw."""

    version = fields.WholeNumberField(help_text="the version you saw; another one is a 409", **OPTIONAL)


class RequestChangesShape(RequestShape, VersionedShape):
    """Corrections; what is left out stays, null takes an optional field back."""

    request_text = PlainTextField(max_length=1000, required=False)
    room_number = fields.RoomField(required=False)


class StatusChangeShape(VersionedShape):
    """A status, why, and who does it."""

    status = fields.StatusField()
    notes = PlainTextField(max_length=500, **OPTIONAL_TEXT)
    assigned_to = PlainTextField(max_length=USERNAME_LENGTH, help_text="a username, or null", **OPTIONAL_TEXT)


class RemovalShape(VersionedShape):
    """Why a request is taken out of sight."""

    notes = PlainTextField(max_length=500, **OPTIONAL_TEXT)


class BatchShape(CamelSerializer):
    """Several requests, all or none or as many as can be."""

    request_ids = serializers.ListField(
        child=fields.WholeNumberField(), min_length=1, max_length=LARGEST_BATCH, help_text="1 to 500 ids"
    )
    mode = fields.ModeField(help_text="atomic (default) or partial", **OPTIONAL)
    notes = PlainTextField(max_length=500, **OPTIONAL_TEXT)


class BulkUpdateShape(BatchShape):
    """What to change of them: a status, an assignee, or only a note."""

    status = fields.StatusField(**OPTIONAL)
    assigned_to = PlainTextField(max_length=USERNAME_LENGTH, help_text="a username, or null", **OPTIONAL_TEXT)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a call that asks for nothing."""
        if not attrs.get("status") and not attrs.get("notes") and "assigned_to" not in attrs:
            raise serializers.ValidationError(
                {"status": [serializers.ErrorDetail("Send a status, an assignedTo or notes.", "required")]}
            )
        return attrs


class BulkAssignShape(BatchShape):
    """Who takes them; null leaves them open."""

    assigned_to = PlainTextField(
        max_length=USERNAME_LENGTH, allow_null=True, allow_blank=True, help_text="a username, or null"
    )


class BulkDeleteShape(BatchShape):
    """Why they go."""


class MessageShape(CamelSerializer):
    """One line of the thread."""

    content = PlainTextField(max_length=1000)


class NewStayShape(CamelSerializer):
    """A guest who moves in. Without ``checkOut`` the stay ends at noon tomorrow."""

    aliases: ClassVar[Mapping[str, str]] = selection.ALIASES

    property_id = PropertyField()
    room_number = fields.RoomField()
    guest_name = PlainTextField(max_length=100, **OPTIONAL_TEXT)
    language = fields.LanguageField(**OPTIONAL_TEXT)
    check_out = fields.CheckOutField(**OPTIONAL_TEXT)


class StayChangeShape(CamelSerializer):
    """Another room, another end; what is left out stays."""

    room_number = fields.RoomField(required=False)
    check_out = fields.CheckOutField(required=False)


class DutyShape(CamelSerializer):
    """On duty or off."""

    aliases: ClassVar[Mapping[str, str]] = selection.ALIASES

    property_id = PropertyField()
    on_duty = fields.TruthField()
