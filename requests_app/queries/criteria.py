"""What a list is asked for, and the rows that answer it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from requests_app.lifecycle import fold
from requests_app.models import GuestRequest
from requests_app.models.request import PRESSING, UNFINISHED
from requests_app.periods import Zone, period
from security.caller import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """The filters of a list. Empty means: do not filter by it."""

    statuses: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    urgencies: tuple[int, ...] = ()
    service_types: tuple[str, ...] = ()
    room_number: str = ""
    exact_room: str = ""
    guest_name: str = ""
    assigned_to: str = ""
    start: date | datetime | None = None
    end: date | datetime | None = None
    search: str = ""
    overdue: bool | None = None
    pressing: bool = False

    def is_empty(self) -> bool:
        """Say whether every request of the caller is asked for."""
        return self == ANY

    def canonical(self, caller: Caller, zone: Zone) -> tuple[object, ...]:
        """Return the filters as one value: the same for all spellings of the same, whoever "me" is."""
        if self.is_empty():
            return ()
        start, end = period(self.start, self.end, zone)
        return (
            *(
                sorted(words)
                for words in (self.statuses, self.priorities, self.urgencies, self.service_types)
            ),
            *(self.room_number, self.exact_room, fold(self.guest_name), fold(self.search)),
            # No username has this sign.
            f"#{caller.user_id}" if self.assigned_to == "me" else self.assigned_to,
            *(start and start.astimezone(UTC).isoformat(), end and end.astimezone(UTC).isoformat()),
            *(self.overdue, self.pressing),
        )


ANY = Criteria()
_COUNTED: Mapping[str, str] = {
    "statuses": "status",
    "priorities": "priority",
    "urgencies": "urgency",
    "service_types": "service",
}


def matching(
    rows: QuerySet[GuestRequest], criteria: Criteria, caller: Caller, zone: Zone
) -> QuerySet[GuestRequest]:
    """Return the rows that ``criteria`` asks for; bare dates are days of ``zone``."""
    if criteria.is_empty():
        return rows
    start, end = period(criteria.start, criteria.end, zone)
    conditions = [
        _among("status", criteria.statuses),
        _among("priority", criteria.priorities),
        _among("urgency", criteria.urgencies),
        _among("service_type", criteria.service_types),
        Q(room_number=criteria.exact_room) if criteria.exact_room else Q(),
        _room_contains(criteria.room_number),
        Q(guest_name_folded__contains=fold(criteria.guest_name)) if criteria.guest_name else Q(),
        Q(search_folded__contains=fold(criteria.search)) if criteria.search else Q(),
        _assigned_to(criteria.assigned_to, caller),
        Q(created_at__gte=start) if start else Q(),
        Q(created_at__lt=end) if end else Q(),
        _overdue(wanted=criteria.overdue),
        PRESSING if criteria.pressing else Q(),
    ]
    for condition in conditions:
        if condition:
            rows = rows.filter(condition)
    return rows


def counted(criteria: Criteria, counters: Mapping[str, int]) -> int | None:
    """Return the exact number of matches where the head's counters know it, else None."""
    if criteria.is_empty():
        return counters.get("total", 0)
    if criteria == Criteria(pressing=True):
        return counters.get("pressing", 0)
    used = [
        field.name for field in fields(criteria) if getattr(criteria, field.name) != getattr(ANY, field.name)
    ]
    if len(used) != 1 or used[0] not in _COUNTED:
        return None
    prefix = _COUNTED[used[0]]
    return sum(counters.get(f"{prefix}:{value}", 0) for value in set(getattr(criteria, used[0])))


def overdue_now(now: datetime) -> Q:
    """Return the condition of being overdue: the clock of a held request stands where it was held."""
    running = Q(held_at__isnull=True, due_at__lt=now)
    return UNFINISHED & (running | Q(held_at__isnull=False, due_at__lt=F("held_at")))


def _among(column: str, values: Iterable[object]) -> Q:
    chosen = list(values)
    if not chosen:
        return Q()
    return Q(**{column: chosen[0]}) if len(chosen) == 1 else Q(**{f"{column}__in": chosen})


def _room_contains(text: str) -> Q:
    # The room stands in the searchable text too: that condition is what the trigram index serves.
    return Q(room_number__icontains=text, search_folded__contains=fold(text)) if text else Q()


def _assigned_to(name: str, caller: Caller) -> Q:
    if name == "me":
        return Q(assignee_id=caller.user_id) if caller.user_id else Q(pk__in=[])
    if name == "none":
        return Q(assignee__isnull=True)
    return Q(assignee__username=name) if name else Q()


def _overdue(*, wanted: bool | None) -> Q:
    if wanted is None:
        return Q()
    condition = overdue_now(timezone.now())
    return condition if wanted else Q(due_at__isnull=True) | ~condition
