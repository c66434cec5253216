"""Whose turn it is, decided under a lock, with the reason kept."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Count, QuerySet

from cluster.answers.problems import Invalid
from requests_app.lifecycle import Candidate, choose_assignee
from requests_app.models import Duty, GuestRequest
from requests_app.models.request import UNFINISHED
from security.models import Membership, User


class Keep:
    """The type of ``KEEP``: leave the assignee as it is (None means nobody)."""


KEEP: Final = Keep()
NewAssignee = str | None | Keep


def member_named(property_id: int, username: str) -> User:
    """Return the active member to assign to. Raises Invalid naming ``assignedTo``."""
    members = Membership.objects.filter(property_id=property_id, is_active=True, user__is_active=True)
    member = members.filter(user__username=username).select_related("user").first()
    if member is None:
        raise Invalid.field("assignedTo", "no active member of this property has that username", "unknown")
    return member.user


def hand_over(request: GuestRequest, assignee: User | None, *, now: datetime) -> tuple[str, ...]:
    """Give the request to ``assignee`` by hand; return the fields that changed."""
    request.assignee = assignee
    request.assignment = {"rule": "by-hand"} if assignee else {}
    if assignee:
        remember_assignment(request.property_id, assignee.pk, now)
    return ("assignee", "assignment")


def auto_assign(request: GuestRequest, *, now: datetime) -> bool:
    """Give a new pressing request to the member of its department whose turn it is; False for none.

    The department's duty rows are locked, so two urgent requests at once see each other's choice.
    """
    candidates = _candidates(request.property_id, request.department)
    chosen = choose_assignee(candidates)
    request.assignment = {
        "rule": "fewest-open",
        "department": request.department,
        "candidates": [{"username": c.username, "open": c.open_requests} for c in candidates],
    }
    if chosen is None:
        return False
    request.assignee = User.objects.get(pk=chosen.user_id)
    remember_assignment(request.property_id, chosen.user_id, now)
    return True


def remember_assignment(property_id: int, user_id: int, now: datetime) -> None:
    """Note that a member was given work now."""
    rows = Duty.objects.filter(membership__property_id=property_id, membership__user_id=user_id)
    rows.update(last_assigned_at=now)


def _candidates(property_id: int, department: str) -> list[Candidate]:
    duties = list(_on_duty(property_id, department))
    load = open_load(property_id, [duty.membership.user_id for duty in duties])
    return [
        Candidate(
            user_id=duty.membership.user_id,
            username=duty.membership.user.username,
            open_requests=load.get(duty.membership.user_id, 0),
            last=duty.last_assigned_at,
        )
        for duty in duties
    ]


def open_load(property_id: int, user_ids: list[int]) -> dict[int, int]:
    """Return how many open requests each of the users has in the property."""
    rows = GuestRequest.objects.filter(UNFINISHED, property_id=property_id, assignee_id__in=user_ids)
    return dict(rows.order_by().values_list("assignee_id").annotate(Count("id")))


def _on_duty(property_id: int, department: str) -> QuerySet[Duty]:
    return (
        Duty.objects.filter(
            on_duty=True,
            membership__property_id=property_id,
            membership__role=department,
            membership__is_active=True,
            membership__user__is_active=True,
        )
        .select_related("membership__user")
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
    )
