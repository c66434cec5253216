"""Times without an offset are the property's own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from cluster.answers.problems import Invalid
from requests_app.periods import Zone
from security.models import Property

NOON = time(12)


def zone_of(property_ids: Collection[int] | None) -> Zone:
    """Return the zone the properties (None: all) share, UTC where they differ."""
    rows = Property.objects.all() if property_ids is None else Property.objects.filter(pk__in=property_ids)
    names = list(rows.order_by().values_list("timezone", flat=True).distinct()[:2])
    return ZoneInfo(names[0]) if len(names) == 1 else UTC


def aware(moment: datetime, property_id: int) -> datetime:
    """Return the moment in UTC; one that names no zone was meant in the property's."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone_of([property_id]))).astimezone(UTC)


def to_come(name: str, moment: datetime, property_id: int) -> datetime:
    """Return an aware moment that is not over. Raises Invalid naming the field."""
    meant = aware(moment, property_id)
    if meant < timezone.now():
        raise Invalid.field(name, "This time is already over.", "past")
    return meant


def check_out_at(said: date | datetime | None, property_id: int) -> datetime:
    """Return when a stay ends: at that moment, at noon of that day, at noon tomorrow by default."""
    if isinstance(said, datetime):
        return aware(said, property_id)
    zone = zone_of([property_id])
    day = said or timezone.now().astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, NOON, tzinfo=zone).astimezone(UTC)
