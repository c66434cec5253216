"""Correcting what a request says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from cluster import flags
from cluster.answers.problems import RuleViolated
from cluster.streams import Work, unit_of_work
from requests_app import access, counters, events, lifecycle
from requests_app.access import Expected
from requests_app.actions import assignment
from requests_app.actions.assignment import KEEP, Keep, NewAssignee
from requests_app.actions.changes import refresh_search, save_changes
from requests_app.flags import SERVICES
from requests_app.lifecycle import OPEN
from requests_app.models import GuestRequest
from requests_app.permissions import EDIT
from requests_app.queries.offers import offer_named
from requests_app.shown import KEYS, shown_request
from security.caller import Caller
from security.targets import subject_in

EDITABLE = frozenset(
    {
        *("request_text", "room_number", "guest_name", "phone_number", "service_type", "priority", "urgency"),
        *("description", "special_instructions", "delivery_time", "items", "total_amount", "currency"),
    }
)
_DERIVED = frozenset({"version", "updatedAt", "overdue", "assignedTo", "assignee"})


def edit(
    *,
    by: Caller,
    request_id: int,
    changes: Mapping[str, object],
    assignee: NewAssignee = KEEP,
    expected: Expected = None,
) -> GuestRequest:
    """Change fields of an open request; values equal to the present ones change nothing.

    ``changes`` maps names of ``EDITABLE`` to clean values. Raises Conflict, RuleViolated once the
    request is completed or cancelled, Invalid for an unknown service or assignee.
    """
    now = timezone.now()
    with unit_of_work() as work:
        request = access.lock(by, EDIT, request_id, expected=expected)
        if request.status not in OPEN:
            raise RuleViolated(f"A request that is {request.status} can no longer be edited.")
        before, counted = shown_request(request, now), counters.contribution(request)
        was_pressing = lifecycle.is_pressing(request.priority, request.urgency)
        old_assignee = request.assignee
        timed = flags.is_on(SERVICES, subject_in(by, request.property, stranger=""))
        fields = _apply(request, changes, now, timed=timed) + _reassign(request, assignee, now)
        if not fields:
            return request
        save_changes(work, request, fields, before=counted, now=now)
        _announce(work, request, by, before, now)
        if request.assignee != old_assignee:
            events.assigned(work, request, by, old=old_assignee.username if old_assignee else None)
        if lifecycle.is_pressing(request.priority, request.urgency) and not was_pressing:
            events.urgent(work, request, by, reason="priority")
    return request


def _apply(
    request: GuestRequest, changes: Mapping[str, object], now: datetime, *, timed: bool
) -> tuple[str, ...]:
    changed = {name: value for name, value in changes.items() if getattr(request, name) != value}
    unknown = changed.keys() - EDITABLE
    if unknown:
        raise ValueError(f"not editable: {', '.join(sorted(unknown))}")
    for name, value in changed.items():
        setattr(request, name, value)
    fields = tuple(changed)
    if changed.keys() & {"service_type", "priority"}:
        fields += _restart_clock(request, now, timed=timed)
    return fields + (refresh_search(request) if fields else ())


def _restart_clock(request: GuestRequest, now: datetime, *, timed: bool) -> tuple[str, ...]:
    offer = offer_named(request.property_id, request.service_type)
    request.department = offer.department
    if not timed:  # what was promised before stays promised
        return ("department",)
    request.due_at = lifecycle.due_at(request.created_at, request.held_for, offer.minutes(), request.priority)
    level = lifecycle.escalation_level(
        request.due_at, request.created_at, request.held_for, request.held_at or now
    )
    # Never up from here: that is news, and ``escalate`` tells it.
    request.escalation_level = min(request.escalation_level, level)
    return ("department", "due_at", "escalation_level")


def _reassign(request: GuestRequest, assignee: NewAssignee, now: datetime) -> tuple[str, ...]:
    current = request.assignee.username if request.assignee else None
    if isinstance(assignee, Keep) or assignee == current:
        return ()
    person = assignment.member_named(request.property_id, assignee) if assignee else None
    return assignment.hand_over(request, person, now=now)


def _announce(
    work: Work, request: GuestRequest, by: Caller, before: Mapping[str, object], now: datetime
) -> None:
    after = shown_request(request, now)
    changed = [key for key in KEYS if before[key] != after[key] and key not in _DERIVED]
    if changed:
        old = {key: before[key] for key in changed}
        events.updated(work, request, by, before=old, after={key: after[key] for key in changed})
