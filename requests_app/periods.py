"""Days and moments: what a client means by a date in a property's zone. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

Zone = tzinfo


def midnight(day: date, zone: Zone) -> datetime:
    """Return the first moment of ``day`` in ``zone``."""
    return datetime.combine(day, time.min, tzinfo=zone)


def period(
    start: date | datetime | None, end: date | datetime | None, zone: Zone
) -> tuple[datetime | None, datetime | None]:
    """Return ``[start, end)`` as moments; a bare end date includes its day."""
    return _start(start, zone), _end(end, zone)


def _start(value: date | datetime | None, zone: Zone) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return midnight(value, zone)


def _end(value: date | datetime | None, zone: Zone) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return midnight(value + timedelta(days=1), zone) if value < date.max else None
