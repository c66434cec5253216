"""Taking a request from one status to another, and giving it to somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from cluster.answers.problems import PermissionDenied, RuleViolated, detail
from cluster.streams import Work, unit_of_work
from requests_app import access, counters, events, lifecycle
from requests_app.access import Expected
from requests_app.actions import assignment
from requests_app.actions.assignment import KEEP, Keep, NewAssignee
from requests_app.actions.changes import save_changes
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest
from requests_app.permissions import REOPEN, STATUS
from requests_app.problems import IllegalMove
from security import permissions
from security.caller import Caller
from security.models import User

__all__ = ["KEEP", "Applied", "apply_status", "change_status", "check_move"]


def change_status(
    *,
    by: Caller,
    request_id: int,
    status: Status | None = None,
    notes: str = "",
    assignee: NewAssignee = KEEP,
    expected: Expected = None,
) -> GuestRequest:
    """Move a request, note why, assign it; a pure repeat changes nothing and tells nothing.

    Raises Conflict for a stale ``expected`` version first of all, then IllegalMove, PermissionDenied,
    RuleViolated (missing notes) or Invalid (unknown assignee).
    """
    with unit_of_work() as work:
        request = access.lock(by, STATUS, request_id, expected=expected)
        new = status or Status(request.status)
        check_move(by, request, new, notes)
        person = _person(request, assignee)
        if by.is_guest and not isinstance(person, Keep):
            raise PermissionDenied("Guests can not assign a request.")
        applied = apply_status(work, request, new, notes, person, timezone.now())
        _announce(work, request, by, applied, notes)
    return request


def check_move(by: Caller, request: GuestRequest, new: Status, notes: str) -> None:
    """Refuse a move that is illegal, not this caller's to make, or not explained."""
    old = Status(request.status)
    _check_guest(by, old, new)
    if old is new:
        return
    if not lifecycle.may_move(old, new):
        raise IllegalMove(
            f"A request that is {old.value} can not become {new.value}.",
            details=[detail("status", f"not allowed from {old.value}", "transition", current=old.value)],
        )
    if lifecycle.is_reopening(old, new):
        permissions.require(by, REOPEN, request.property_id)
    if lifecycle.needs_notes(old, new) and not notes:
        act = "Reopening" if lifecycle.is_reopening(old, new) else "Cancelling"
        raise RuleViolated(f"{act} a request needs notes.", details=[detail("notes", "say why", "required")])


def _check_guest(by: Caller, old: Status, new: Status) -> None:
    if by.is_guest and not (old in (Status.PENDING, new) and new is Status.CANCELLED):
        raise PermissionDenied("Guests may cancel their own pending requests, nothing else.")


@dataclass(frozen=True, slots=True)
class Applied:
    """What a call really changed: the old status and assignee where they are others now."""

    old_status: str | None
    old_assignee: User | None
    reassigned: bool
    noted: str | None

    @property
    def anything(self) -> bool:
        """Say whether there is anything to write and to tell."""
        return self.old_status is not None or self.reassigned or self.noted is not None


def apply_status(
    work: Work, request: GuestRequest, new: Status, notes: str, person: User | Keep | None, now: datetime
) -> Applied:
    """Change and save a checked request; nothing is written when nothing would change."""
    before = counters.contribution(request)
    applied = Applied(
        old_status=request.status if request.status != new else None,
        old_assignee=request.assignee,
        reassigned=not isinstance(person, Keep) and request.assignee != person,
        noted=request.notes if notes and notes != request.notes else None,
    )
    if not applied.anything:
        return applied
    fields = ["notes"]
    request.notes = notes or request.notes
    if applied.old_status:
        fields += _enter(request, new, now)
    if applied.reassigned and not isinstance(person, Keep):
        fields += assignment.hand_over(request, person, now=now)
    save_changes(work, request, fields, before=before, now=now)
    return applied


def _enter(request: GuestRequest, new: Status, now: datetime) -> tuple[str, ...]:
    if request.held_at is not None:
        _resume_clock(request, now)
    request.status = new.value
    request.held_at = now if new is Status.ON_HOLD else None
    request.completed_at = now if new is Status.COMPLETED else None
    request.cancelled_at = now if new is Status.CANCELLED else None
    if new is Status.IN_PROGRESS and request.started_at is None:
        request.started_at = now
    return ("status", "held_at", "held_for", "due_at", "started_at", "completed_at", "cancelled_at")


def _resume_clock(request: GuestRequest, now: datetime) -> None:
    stood_still = now - (request.held_at or now)
    request.held_for += stood_still
    if request.due_at is not None:
        request.due_at += stood_still


def _person(request: GuestRequest, assignee: NewAssignee) -> User | Keep | None:
    if assignee is None or isinstance(assignee, Keep):
        return assignee
    if request.assignee and request.assignee.username == assignee:
        return request.assignee
    return assignment.member_named(request.property_id, assignee)


def _announce(work: Work, request: GuestRequest, by: Caller, applied: Applied, notes: str) -> None:
    if applied.old_status:
        events.status_changed(work, request, by, old=applied.old_status, notes=notes)
    if applied.reassigned:
        old = applied.old_assignee.username if applied.old_assignee else None
        events.assigned(work, request, by, old=old)
    if applied.noted is not None and not applied.old_status:
        events.updated(work, request, by, before={"notes": applied.noted}, after={"notes": request.notes})
