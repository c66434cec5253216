"""Coming on and going off duty."""

from __future__ import annotations

from cluster.answers.problems import NotFound, PermissionDenied
from cluster.streams import unit_of_work
from requests_app.models import Duty
from requests_app.permissions import DUTY
from security import permissions
from security.caller import Caller
from security.models import Membership
from security.permissions import Grant


def set_duty(*, by: Caller, property_id: int, username: str, on_duty: bool) -> Duty:
    """Put a member on or off duty; department staff only themselves. Only those on duty are assigned to."""
    grant = permissions.require(by, DUTY, property_id)
    with unit_of_work():
        members = Membership.objects.filter(property_id=property_id, is_active=True, user__is_active=True)
        member = members.select_related("user").filter(user__username=username).first()
        if member is None:
            raise NotFound("No active member of this property has that username.")
        if grant is Grant.OWN and member.user_id != by.user_id:
            raise PermissionDenied("You can put only yourself on or off duty.")
        duty, _ = Duty.objects.update_or_create(membership=member, defaults={"on_duty": on_duty})
    return duty
