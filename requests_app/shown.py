"""A request as the API shows it: one shape for list, detail, event and export.

The hot paths read ``COLUMNS`` as plain tuples and never build a model; a test holds what leaves
here equal to the serializer that the OpenAPI schema is made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from django.utils import timezone

from requests_app.lifecycle import PRIORITY_WORDS, URGENCY_WORDS, is_overdue
from requests_app.models import GuestRequest, Message

_SHOWN = {
    "id": "id",
    "orderId": "order_id",
    "propertyId": "property__slug",
    "stayId": "stay_id",
    "requestText": "request_text",
    "roomNumber": "room_number",
    "guestName": "guest_name",
    "phoneNumber": "phone_number",
    "serviceType": "service_type",
    "department": "department",
    "priority": "priority",
    "urgency": "urgency",
    "description": "description",
    "specialInstructions": "special_instructions",
    "orderType": "order_type",
    "deliveryTime": "delivery_time",
    "items": "items",
    "totalAmount": "total_amount",
    "currency": "currency",
    "status": "status",
    "assignedTo": "assignee__username",
    "assignee": "assignee__display_name",
    "notes": "notes",
    "source": "source",
    "language": "language",
    "dueAt": "due_at",
    "overdue": "held_at",
    "escalationLevel": "escalation_level",
    "version": "version",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "startedAt": "started_at",
    "completedAt": "completed_at",
    "cancelledAt": "cancelled_at",
}
COLUMNS = tuple(_SHOWN.values())
KEYS = tuple(_SHOWN)
HIDDEN_FROM_GUESTS = ("notes", "assignedTo", "escalationLevel")
_OPTIONAL_TEXTS = (
    *("guestName", "phoneNumber", "description", "specialInstructions"),
    *("orderType", "notes", "language"),
)
_PLAIN = tuple(column for column in COLUMNS if "__" not in column)
_plain_values = attrgetter(*_PLAIN)


def shown(row: Sequence[object], now: datetime) -> dict[str, object]:
    """Return the JSON object of one row of ``COLUMNS``, ``overdue`` as of ``now``."""
    data = dict(zip(KEYS, row, strict=True))
    for key in _OPTIONAL_TEXTS:
        data[key] = data[key] or None
    data["priority"] = PRIORITY_WORDS[data["priority"]]  # type: ignore[index]
    data["urgency"] = URGENCY_WORDS[data["urgency"]]  # type: ignore[index]
    if data["totalAmount"] is not None:
        data["totalAmount"] = str(data["totalAmount"])
    if data["assignedTo"] is not None:
        data["assignee"] = {
            "username": data["assignedTo"],
            "displayName": data["assignee"] or data["assignedTo"],
        }
    data["overdue"] = is_overdue(data["status"], data["dueAt"], data["overdue"], now)  # type: ignore[arg-type]
    return data


def for_guest(data: dict[str, object]) -> dict[str, object]:
    """Return the object without what a guest must not see (contract, section 2)."""
    kept = {key: value for key, value in data.items() if key not in HIDDEN_FROM_GUESTS}
    assignee = kept.get("assignee")
    if isinstance(assignee, dict):
        kept["assignee"] = {"displayName": assignee["displayName"]}
    return kept


def shown_request(request: GuestRequest, now: datetime | None = None) -> dict[str, object]:
    """Return the JSON object of a model whose property and assignee are loaded."""
    plain = dict(zip(_PLAIN, _plain_values(request), strict=True))
    plain["property__slug"] = request.property.slug
    plain["assignee__username"] = request.assignee.username if request.assignee else None
    plain["assignee__display_name"] = request.assignee.shown_as() if request.assignee else None
    return shown([plain[column] for column in COLUMNS], now or timezone.now())


def shown_message(message: Message) -> dict[str, object]:
    """Return one line of the thread as the API shows it."""
    author = message.author
    return {
        "id": message.pk,
        "requestId": message.request_id,
        "content": message.content,
        "fromGuest": message.from_guest,
        "author": {"username": author.username, "displayName": author.shown_as()} if author else None,
        "createdAt": message.created_at,
    }


def message_for_guest(line: dict[str, object]) -> dict[str, object]:
    """Return a line of the thread as a guest reads it: a name, no username."""
    author = line["author"]
    return {**line, "author": {"displayName": author["displayName"]} if isinstance(author, dict) else None}
