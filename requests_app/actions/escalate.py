"""Raising what was not done in time; the leader does it, on the service's own account."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice

from cluster import flags
from cluster.streams import Work, unit_of_work
from requests_app import counters, events, lifecycle
from requests_app.actions.changes import save_changes
from requests_app.flags import SERVICES
from requests_app.models import GuestRequest
from requests_app.models.request import CLIMBING
from security.caller import SYSTEM
from security.models import Property
from security.targets import property_itself

Unit = Callable[[], AbstractContextManager[Work]]


def escalate(*, now: datetime, limit: int, unit: Unit = unit_of_work) -> int:
    """Raise at most ``limit`` late requests to the level the clock says; return how many were raised.

    Called again at once it does nothing. ``unit`` opens the unit of work once there is something to
    raise: the leader's is fenced.
    """
    late = _late(now, limit)
    if not late:
        return 0
    with unit() as work:
        # Whoever holds one of them is changing it: that one can wait for the next time.
        rows = GuestRequest.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        rows = rows.filter(CLIMBING, pk__in=late).select_related("property", "assignee").order_by("pk")
        return sum(_raised(work, request, now) for request in rows)


def _late(now: datetime, limit: int) -> list[int]:
    """Return the ids of requests below their level, the longest due first; read without a lock.

    Inside the unit it would hold every writer up on SQLite, most often for nothing. When a level comes
    is not stored: each action, of each release, would have to keep it in step. ``request_climbing``
    finds nothing to do in 0.8 ms among 500,000 requests of which 20,000 were forgotten long ago
    (``request_open_due``: 28 ms), and goes through 1,000 that are late and waiting in 9 ms.
    """
    rows = GuestRequest.objects.filter(CLIMBING, due_at__lte=now).order_by("due_at", "pk")
    if resting := _resting():
        rows = rows.exclude(property_id__in=resting)
    found = rows.values_list("pk", "escalation_level", "due_at", "created_at", "held_for")
    late = (
        pk
        for pk, level, due, created, held in found
        if level < lifecycle.escalation_level(due, created, held, now)
    )
    return list(islice(late, limit))


def _resting() -> list[int]:
    """Return the properties where no service level applies now."""
    if not flags.is_off_for_some(SERVICES):
        return []
    places = Property.objects.values_list("pk", "slug")
    return [pk for pk, slug in places if not flags.is_on(SERVICES, property_itself(slug))]


def _raised(work: Work, request: GuestRequest, now: datetime) -> bool:
    old = request.escalation_level
    level = lifecycle.escalation_level(request.due_at, request.created_at, request.held_for, now)
    if level <= old:
        return False
    request.escalation_level = level
    save_changes(work, request, ["escalation_level"], before=counters.contribution(request), now=now)
    before, after = {"escalationLevel": old}, {"escalationLevel": level}
    events.updated(work, request, SYSTEM, before=before, after=after)
    events.urgent(work, request, SYSTEM, reason="sla")
    return True
