"""What of the hotel stands in the audit book as it is; guests' names, numbers and texts are digests there."""

from __future__ import annotations

from requests_app.models import Duty, HouseRules, ServiceType, Stay
from security.audit import keep_plain
from security.audit.watching import watch


def declare() -> None:
    """Declare the plain fields, and the rows that are changed without an event."""
    keep_plain(
        "request",
        *("status", "priority", "urgency", "serviceType", "roomNumber", "assignedTo", "why", "reason"),
        *("dueAt", "deliveryTime", "totalAmount", "currency"),
    )
    watch(Stay, "stay", "room_number", "language", place=lambda row: row.property_id)
    watch(ServiceType, "service", "code", "names", "department", place=lambda row: row.property_id)
    watch(HouseRules, "rules", "alarm_words", place=lambda row: row.property_id)
    watch(Duty, "duty", place=lambda row: row.membership.property_id)
