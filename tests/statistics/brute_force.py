"""What the statistics should say, by reading every request in Python: slow, plain, independent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from requests_app.models import GuestRequest
from security.models import Property

PRIORITIES = {"low": 1, "medium": 2, "high": 3}
URGENCIES = {"normal": 1, "urgent": 2, "critical": 3}
STATUSES = ("pending", "in-progress", "on-hold", "completed", "cancelled")
OPEN = ("pending", "in-progress", "on-hold")


def live(place: Property) -> list[GuestRequest]:
    """Return every undeleted request."""
    return [row for row in GuestRequest.objects.filter(property=place) if row.deleted_at is None]


def counters(rows: Iterable[GuestRequest]) -> Counter[str]:
    """Return the counters of the stream head, zero entries dropped."""
    found: Counter[str] = Counter()
    for row in rows:
        found["total"] += 1
        found[f"status:{row.status}"] += 1
        found[f"priority:{row.priority}"] += 1
        found[f"urgency:{row.urgency}"] += 1
        found[f"service:{row.service_type}"] += 1
        found["pressing"] += is_pressing(row)
        for name, moment in (("response", row.started_at), ("completion", row.completed_at)):
            if moment:
                found[f"{name}s"] += 1
                found[f"{name}_us"] += (moment - row.created_at) // timedelta(microseconds=1)
    return +found


def daily(rows: Iterable[GuestRequest], zone: ZoneInfo) -> Counter[tuple[object, ...]]:
    """Return the number of requests by day and dimensions."""
    return Counter(
        (row.created_at.astimezone(zone).date(), row.status, row.priority, row.urgency, row.service_type)
        for row in rows
    )


def is_pressing(row: GuestRequest) -> bool:
    """Say whether it is open and high, urgent or critical."""
    return row.status in OPEN and (row.priority == 3 or row.urgency >= 2)


def is_overdue(row: GuestRequest) -> bool:
    """Say whether its clock has run out; on hold the clock stands."""
    return row.status in OPEN and row.due_at is not None and row.due_at < (row.held_at or timezone.now())


def summary(rows: list[GuestRequest]) -> dict[str, object]:
    """Return the answer of the statistics endpoint without its series."""
    status = Counter(row.status for row in rows)
    return {
        "total": len(rows),
        "pending": status["pending"],
        "inProgress": status["in-progress"],
        "onHold": status["on-hold"],
        "completed": status["completed"],
        "cancelled": status["cancelled"],
        "urgent": sum(map(is_pressing, rows)),
        "overdue": sum(map(is_overdue, rows)),
        "byStatus": {name: status[name] for name in STATUSES},
        "byPriority": {name: sum(row.priority == rank for row in rows) for name, rank in PRIORITIES.items()},
        "byUrgency": {name: sum(row.urgency == rank for row in rows) for name, rank in URGENCIES.items()},
        "byServiceType": dict(sorted(Counter(row.service_type for row in rows).items())),
        "averageResponseMinutes": average(
            [row.started_at - row.created_at for row in rows if row.started_at]
        ),
        "averageCompletionMinutes": average(
            [row.completed_at - row.created_at for row in rows if row.completed_at]
        ),
        "completionRate": round(status["completed"] / (len(rows) - status["cancelled"]), 4)
        if len(rows) > status["cancelled"]
        else 0.0,
    }


def average(spans: list[timedelta]) -> float | None:
    """Return the mean in minutes."""
    return round(sum(spans, timedelta()) / timedelta(minutes=1) / len(spans), 4) if spans else None


def within(
    rows: Iterable[GuestRequest], start: date | datetime | None, end: date | datetime | None, zone: ZoneInfo
) -> list[GuestRequest]:
    """Return the rows created in the range, a bare end date included."""
    first = start if start is None or isinstance(start, datetime) else midnight(start, zone)
    last = end if end is None or isinstance(end, datetime) else midnight(end + timedelta(days=1), zone)
    return [
        row
        for row in rows
        if (first is None or row.created_at >= first) and (last is None or row.created_at < last)
    ]


def series(rows: Iterable[GuestRequest], granularity: str, zone: ZoneInfo) -> list[dict[str, object]]:
    """Return the buckets of the series, those with anything in them."""
    starts = sorted({bucket(row.created_at, granularity, zone) for row in rows})
    found = []
    for start in starts:
        inside = [row for row in rows if bucket(row.created_at, granularity, zone) == start]
        spans = [row.completed_at - row.created_at for row in inside if row.completed_at]
        found.append(
            {
                "start": start,
                "total": len(inside),
                "completed": sum(row.status == "completed" for row in inside),
                "averageCompletionMinutes": average(spans),
            }
        )
    return found


def bucket(moment: datetime, granularity: str, zone: ZoneInfo) -> datetime:
    """Return the start of the bucket a moment falls in."""
    local = moment.astimezone(zone)
    if granularity == "hour":
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return moment - past
    day = local.date()
    if granularity == "week":
        day -= timedelta(days=day.weekday())
    return midnight(day.replace(day=1) if granularity == "month" else day, zone).astimezone(UTC)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of a day."""
    return datetime.combine(day, time.min, tzinfo=zone)
