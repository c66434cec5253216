"""Exact statistics: in O(1) from the head's counters, for a range from the daily counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import timezone as fixed_zone
from zoneinfo import ZoneInfo

from django.db.models import Count, DurationField, F, QuerySet, Sum
from django.db.models.functions import Trunc
from django.utils import timezone

from cluster.answers.problems import Invalid
from requests_app.counters import MEASURES, Cell, counter_deltas
from requests_app.lifecycle import PRIORITY_WORDS, URGENCY_WORDS, Status
from requests_app.models import DailyCount, GuestRequest
from requests_app.models.request import LIVE
from requests_app.periods import midnight, period
from requests_app.queries.criteria import overdue_now
from requests_app.queries.positions import counters_of
from security.models import Property

GRANULARITIES = ("hour", "day", "week", "month")
MOST_HOURS = timedelta(days=31)

Counters = Mapping[str, int]
Measures = list[int]


@dataclass(frozen=True, slots=True)
class Range:
    """``createdAt`` in ``[start, end)``; a bare date is a day of each property's zone."""

    start: date | datetime | None = None
    end: date | datetime | None = None

    @property
    def is_open(self) -> bool:
        """Say whether everything is asked for."""
        return self.start is None and self.end is None


def summary(properties: Iterable[Property], within: Range, granularity: str = "") -> dict[str, object]:
    """Return the statistics of the properties together (contract, section 5)."""
    places = list(properties)
    if within.is_open:
        counters: Counters = counters_of([place.pk for place in places])
    else:
        counters = _added(counter_deltas(cell, tuple(sums)) for cell, sums in _cells_of(places, within))
    answer = _shown(counters, _overdue(places, within))
    if granularity:
        answer["series"] = _series(places, within, granularity)
    return answer


def _shown(counters: Counters, overdue: int) -> dict[str, object]:
    by_status = {status.value: counters.get(f"status:{status.value}", 0) for status in Status}
    total, cancelled = counters.get("total", 0), by_status["cancelled"]
    return {
        "total": total,
        "pending": by_status["pending"],
        "inProgress": by_status["in-progress"],
        "onHold": by_status["on-hold"],
        "completed": by_status["completed"],
        "cancelled": cancelled,
        "urgent": counters.get("pressing", 0),
        "overdue": overdue,
        "byStatus": by_status,
        "byPriority": {word: counters.get(f"priority:{rank}", 0) for rank, word in PRIORITY_WORDS.items()},
        "byUrgency": {word: counters.get(f"urgency:{rank}", 0) for rank, word in URGENCY_WORDS.items()},
        "byServiceType": _by_service(counters),
        "averageResponseMinutes": _minutes(counters.get("response_us", 0), counters.get("responses", 0)),
        "averageCompletionMinutes": _minutes(
            counters.get("completion_us", 0), counters.get("completions", 0)
        ),
        "completionRate": _rate(by_status["completed"], total - cancelled),
    }


def _by_service(counters: Counters) -> dict[str, int]:
    services = {
        name.removeprefix("service:"): n for name, n in counters.items() if name.startswith("service:")
    }
    return {code: number for code, number in sorted(services.items()) if number}


def _minutes(microseconds: int, number: int) -> float | None:
    return round(microseconds / number / 60_000_000, 4) if number else None


def _rate(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _added(parts: Iterable[Counters]) -> Counters:
    total: dict[str, int] = defaultdict(int)
    for part in parts:
        for name, amount in part.items():
            total[name] += amount
    return total


def _overdue(places: list[Property], within: Range) -> int:
    now = timezone.now()
    number = 0
    for place in places:
        rows = GuestRequest.objects.filter(overdue_now(now), property=place)
        number += _between(rows, *period(within.start, within.end, ZoneInfo(place.timezone))).count()
    return number


def _between(
    rows: QuerySet[GuestRequest], start: datetime | None, end: datetime | None
) -> QuerySet[GuestRequest]:
    if start:
        rows = rows.filter(created_at__gte=start)
    return rows.filter(created_at__lt=end) if end else rows


def _cells_of(places: Iterable[Property], within: Range) -> Iterator[tuple[Cell, Measures]]:
    for place in places:
        yield from _cells(place, within)


def _cells(place: Property, within: Range) -> Iterator[tuple[Cell, Measures]]:
    """Yield the daily cells of a range: whole days from the counts, partial ones from their index."""
    zone = ZoneInfo(place.timezone)
    start, end = period(within.start, within.end, zone)
    first, last = _first_whole_day(start, zone), _day_of(end, zone)
    if first is not None and last is not None and first > last:
        yield from _edge(place, start, end)
        return
    if start is not None and first is not None and start < midnight(first, zone):
        yield from _edge(place, start, midnight(first, zone))
    yield from _whole_days(place, first, last)
    if end is not None and last is not None and midnight(last, zone) < end:
        yield from _edge(place, midnight(last, zone), end)


def _first_whole_day(start: datetime | None, zone: ZoneInfo) -> date | None:
    day = _day_of(start, zone)
    if day is None or start is None or midnight(day, zone) == start:
        return day
    return day + timedelta(days=1)


def _day_of(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None


def _whole_days(place: Property, first: date | None, last: date | None) -> Iterator[tuple[Cell, Measures]]:
    rows = DailyCount.objects.filter(stream=place.pk).exclude(total=0)
    if first is not None:
        rows = rows.filter(day__gte=first)
    if last is not None:
        rows = rows.filter(day__lt=last)
    for row in rows.values_list(*Cell._fields, *MEASURES).iterator():
        yield Cell(*row[: len(Cell._fields)]), list(row[len(Cell._fields) :])


def _edge(place: Property, start: datetime | None, end: datetime | None) -> Iterator[tuple[Cell, Measures]]:
    rows = _between(GuestRequest.objects.filter(LIVE, property=place), start, end)
    yield from measured(rows)


def measured(rows: QuerySet[GuestRequest]) -> Iterator[tuple[Cell, Measures]]:
    """Yield the cells that ``rows`` add up to, summed by the database in whole microseconds."""
    sums = rows.order_by().values_list(*_CELL_COLUMNS).annotate(
        number=Count("id"),
        responses=Count("started_at"),
        response=Sum(F("started_at") - F("created_at"), output_field=DurationField()),
        completions=Count("completed_at"),
        completion=Sum(F("completed_at") - F("created_at"), output_field=DurationField()),
    )  # fmt: skip
    for *cell, total, responses, response, completions, completion in sums:
        times = (_in_microseconds(response), _in_microseconds(completion))
        yield Cell(*cell), [total, responses, times[0], completions, times[1]]


_CELL_COLUMNS = ("local_day", "status", "priority", "urgency", "service_type")


def _in_microseconds(passed: timedelta | None) -> int:
    return passed // timedelta(microseconds=1) if passed else 0


def _series(places: list[Property], within: Range, granularity: str) -> list[dict[str, object]]:
    buckets: dict[datetime, Measures] = defaultdict(lambda: [0] * (len(MEASURES) + 1))
    for place in places:
        points = _by_hour(place, within) if granularity == "hour" else _by_day(place, within, granularity)
        for start, is_completed, measures in points:
            sums = buckets[start]
            for position, amount in enumerate(measures):
                sums[position] += amount
            sums[-1] += measures[0] if is_completed else 0
    return [_bucket(start, buckets[start]) for start in sorted(buckets)]


def _bucket(start: datetime, sums: Measures) -> dict[str, object]:
    total, _, _, completions, completion_us, completed = sums
    return {
        "start": start,
        "total": total,
        "completed": completed,
        "averageCompletionMinutes": _minutes(completion_us, completions),
    }


Point = tuple[datetime, bool, Measures]


def _by_day(place: Property, within: Range, granularity: str) -> Iterator[Point]:
    zone = ZoneInfo(place.timezone)
    for cell, sums in _cells(place, within):
        start = midnight(_bucket_day(cell.day, granularity), zone).astimezone(UTC)
        yield start, cell.status == Status.COMPLETED, sums


def _bucket_day(day: date, granularity: str) -> date:
    if granularity == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if granularity == "month" else day


def _by_hour(place: Property, within: Range) -> Iterator[Point]:
    zone = ZoneInfo(place.timezone)
    start, end = period(within.start, within.end, zone)
    until = end or timezone.now() + timedelta(hours=1)
    since = start or _first_moment(place, zone) or until
    if until - since > MOST_HOURS:
        message = "hours need a range of at most 31 days (startDate, endDate)"
        raise Invalid.field("granularity", message, "range")
    rows = _between(GuestRequest.objects.filter(LIVE, property=place), since, until)
    hour = Trunc("created_at", "hour", tzinfo=_minutes_of(zone, since))
    hours = rows.order_by().annotate(hour=hour).values_list("hour", "status")
    sums = hours.annotate(
        number=Count("id"),
        completions=Count("completed_at"),
        completion=Sum(F("completed_at") - F("created_at"), output_field=DurationField()),
    )
    for begin, status, total, completions, completion in sums:
        times = [total, 0, 0, completions, _in_microseconds(completion)]
        yield begin.astimezone(UTC), status == Status.COMPLETED, times


def _minutes_of(zone: ZoneInfo, moment: datetime) -> fixed_zone:
    """Return where the zone's hours begin. Its own clock would make one of the two 2 o'clocks of autumn."""
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    return fixed_zone(offset % timedelta(hours=1))


def _first_moment(place: Property, zone: ZoneInfo) -> datetime | None:
    days = DailyCount.objects.filter(stream=place.pk).exclude(total=0)
    first = days.order_by("day").values_list("day", flat=True).first()
    return midnight(first, zone) if first else None
