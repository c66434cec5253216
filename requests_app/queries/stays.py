"""Who is staying."""

from __future__ import annotations

from collections.abc import Iterable

from cluster.answers.problems import NotFound
from requests_app.models import Stay
from security import audit, permissions
from security.audit.middleware import HIDDEN
from security.caller import Caller

MOST = 1000


def open_stays(property_ids: Iterable[int] | None, room_number: str = "") -> list[dict[str, object]]:
    """Return the stays not yet checked out, newest first, at most ``MOST``."""
    rows = Stay.objects.filter(checked_out_at__isnull=True).select_related("property").order_by("-id")
    if property_ids is not None:
        rows = rows.filter(property_id__in=set(property_ids))
    if room_number:
        rows = rows.filter(room_number=room_number)
    return [shown_stay(row) for row in rows[:MOST]]


def shown_stay(stay: Stay) -> dict[str, object]:
    """Return a stay as the API shows it; never its token."""
    return {
        "id": stay.pk,
        "propertyId": stay.property.slug,
        "roomNumber": stay.room_number,
        "guestName": stay.guest_name or None,
        "language": stay.language or None,
        "openedAt": stay.opened_at,
        "checkOut": stay.check_out,
        "checkedOutAt": stay.checked_out_at,
    }


def stay_of(caller: Caller, permission: str, stay_id: int) -> Stay:
    """Return a stay to look at. Raises 401, NotFound or 403, in that order."""
    if not caller.is_known:
        permissions.require_anywhere(caller, permission)
    stay = Stay.objects.filter(pk=stay_id).first()
    if stay is None or not caller.may_enter(stay.property_id) or caller.stay_id not in (None, stay.pk):
        if stay is not None:
            audit.happened(HIDDEN, by=caller, property=stay.property_id, target=f"stay:{stay.pk}")
        raise NotFound("There is no such stay.")
    permissions.require(caller, permission, stay.property_id)
    return stay


def language_of(caller: Caller) -> str:
    """Return the language of a guest's stay, where it is known."""
    if caller.stay_id is None:
        return ""
    return Stay.objects.filter(pk=caller.stay_id).values_list("language", flat=True).first() or ""
