"""Examples with the cast everybody knows: Lan, Minh, Hoa and the guest of room 101."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

ASKED = {
    "requestText": "Two extra towels, please",
    "roomNumber": "101",
    "guestName": "Mai Trần",
    "serviceType": "housekeeping",
    "priority": "medium",
}
SHOWN: dict[str, Any] = {
    "id": 1,
    "orderId": "REQ-7QK2MPXA4D",
    "propertyId": "demo-hotel",
    "stayId": None,
    **{name: ASKED[name] for name in ("requestText", "roomNumber", "guestName")},
    "phoneNumber": None,
    "serviceType": "housekeeping",
    "department": "housekeeping",
    "priority": "medium",
    "urgency": "normal",
    "description": None,
    "specialInstructions": None,
    "orderType": None,
    "deliveryTime": None,
    "items": [],
    "totalAmount": None,
    "currency": "VND",
    "status": "pending",
    "assignedTo": "minh",
    "assignee": {"username": "minh", "displayName": "Minh"},
    "notes": None,
    "source": "staff",
    "language": None,
    "dueAt": "2026-11-24T03:45:00Z",
    "overdue": False,
    "escalationLevel": 0,
    "version": 1,
    "createdAt": "2026-11-24T03:00:00Z",
    "updatedAt": "2026-11-24T03:00:00Z",
    "startedAt": None,
    "completedAt": None,
    "cancelledAt": None,
}


def _sent(name: str, value: object) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def _answered(name: str, value: object, status: str = "200") -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[status])


TOWELS = _sent("Towels for 101", ASKED)
TOWELS_MADE = _answered("The new request", SHOWN, "201")
TOWELS_SHOWN = _answered("The request", SHOWN)
REQUESTS = _answered("One request", SHOWN)
BEGIN = _sent("Minh begins", {"status": "in-progress", "assignedTo": "minh", "version": 1})
CANCEL = _sent("Lan cancels", {"status": "cancelled", "notes": "The guest found towels in the wardrobe"})
BATCH = _answered(
    "One of two",
    {
        "updated": 1,
        "failed": 1,
        "total": 2,
        "results": [
            {"id": 1, "ok": True},
            {"id": 99, "ok": False, "code": "REQUEST_NOT_FOUND", "error": "There is no such request."},
        ],
    },
)
CHECK_IN = _sent(
    "Mai moves into 101",
    {"roomNumber": "101", "guestName": "Mai Trần", "language": "vi", "checkOut": "2026-11-30"},
)
