"""What every new property starts with: its stream, the six services and the house rules."""

from __future__ import annotations

from django.db.models.signals import post_save

from cluster.streams import open_streams
from requests_app.models import HouseRules, ServiceType
from security import audit
from security.caller import SYSTEM
from security.models import Property, Role

DEFAULTS: tuple[tuple[str, str, str, Role, tuple[int, int, int]], ...] = (
    ("room-service", "Room service", "Phục vụ phòng", Role.FRONT_DESK, (60, 40, 20)),
    ("housekeeping", "Housekeeping", "Buồng phòng", Role.HOUSEKEEPING, (120, 45, 20)),
    ("maintenance", "Maintenance", "Bảo trì", Role.MAINTENANCE, (480, 120, 30)),
    ("concierge", "Concierge", "Hỗ trợ khách", Role.CONCIERGE, (240, 60, 30)),
    ("it-support", "IT support", "Hỗ trợ kỹ thuật", Role.IT_SUPPORT, (240, 60, 20)),
    ("general", "General", "Yêu cầu chung", Role.FRONT_DESK, (240, 60, 30)),
)
"""Code, English and Vietnamese name, department, minutes for low, medium and high priority."""


def furnish(place: Property) -> None:
    """Give a property the stream, default catalogue and house rules it does not have yet."""
    open_streams([place.pk])
    HouseRules.objects.get_or_create(property=place)
    rows = [
        ServiceType(
            property=place,
            code=code,
            names={"en": english, "vi": vietnamese},
            department=department,
            minutes_low=minutes[0],
            minutes_medium=minutes[1],
            minutes_high=minutes[2],
            position=position,
        )
        for position, (code, english, vietnamese, department, minutes) in enumerate(DEFAULTS)
    ]
    known = set(ServiceType.objects.filter(property=place).values_list("code", flat=True))
    new = [row.code for row in rows if row.code not in known]
    if new:
        ServiceType.objects.bulk_create(rows, ignore_conflicts=True)
        _tell(place, new)


def _tell(place: Property, codes: list[str]) -> None:
    caller = audit.current_origin().caller()
    by = caller if caller.is_known else SYSTEM
    after = {"codes": codes}
    audit.record("service:furnished", by=by, property=place.pk, target=f"property:{place.pk}", after=after)


def listen() -> None:
    """Furnish each property when it is made (called once, when the app is ready)."""
    post_save.connect(_on_property_saved, sender=Property, dispatch_uid="requests_app.furnish")


def _on_property_saved(instance: Property, **sent: object) -> None:
    if sent["created"] and not sent["raw"]:
        furnish(instance)
