"""Who can be asked to do something, and how busy they are."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q

from requests_app.models import GuestRequest
from requests_app.models.request import UNFINISHED
from security.models import Membership


def staff(property_ids: Iterable[int] | None) -> list[dict[str, object]]:
    """Return the active members of the properties (None: all), with on-duty state and open load."""
    members = Membership.objects.filter(is_active=True, user__is_active=True, property__is_active=True)
    if property_ids is not None:
        members = members.filter(property_id__in=set(property_ids))
    rows = list(
        members.select_related("user", "property", "duty").order_by("property__slug", "user__username")
    )
    load = _open_load({row.property_id for row in rows})
    return [shown_member(row, load.get((row.property_id, row.user_id), 0)) for row in rows]


def ever_worked(username: str, property_ids: Iterable[int] | None) -> bool:
    """Say whether somebody of that name is or was a member of the properties (None: any)."""
    members = Membership.objects.filter(user__username=username)
    if property_ids is not None:
        members = members.filter(property_id__in=set(property_ids))
    return members.exists()


def shown_member(member: Membership, open_requests: int) -> dict[str, object]:
    """Return one member as the API shows them."""
    return {
        "username": member.user.username,
        "displayName": member.user.shown_as(),
        "role": member.role,
        "propertyId": member.property.slug,
        "onDuty": hasattr(member, "duty") and member.duty.on_duty,
        "openRequests": open_requests,
    }


def open_requests_of(member: Membership) -> int:
    """Return how many open requests a member has in their property."""
    return _open_load({member.property_id}).get((member.property_id, member.user_id), 0)


def _open_load(property_ids: set[int]) -> dict[tuple[int, int], int]:
    rows = GuestRequest.objects.filter(UNFINISHED, Q(assignee__isnull=False), property_id__in=property_ids)
    counts = rows.order_by().values("property_id", "assignee_id").annotate(number=Count("id"))
    return {(row["property_id"], row["assignee_id"]): row["number"] for row in counts}
