"""Whether this caller may open a request here, for this room, now."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from cluster.answers.problems import AuthenticationRequired, LimitExceeded, PermissionDenied
from requests_app.models import GuestRequest, HouseRules, Room, Source, Stay
from requests_app.permissions import CREATE
from security import permissions
from security.caller import Caller, CallerKind

WINDOW = timedelta(hours=1)
EXEMPT_ROOM = "TBD"
LIMITED_SOURCES = (Source.GUEST, Source.ANONYMOUS, Source.VOICE, Source.API)
LIMITED_KINDS = (CallerKind.GUEST, CallerKind.ANONYMOUS, CallerKind.API_KEY)


def admit(by: Caller, property_id: int) -> None:
    """Refuse a caller who may not create here; anonymous ones where the property does not allow them."""
    permissions.require(by, CREATE, property_id)
    if not by.is_known and not HouseRules.objects.filter(pk=property_id, allow_anonymous=True).exists():
        raise AuthenticationRequired


def stay_of(by: Caller, room_number: str) -> Stay:
    """Return the guest's own stay; a request for another room than theirs is refused."""
    stay = Stay.objects.get(id=by.stay_id or 0)
    if room_number and room_number != stay.room_number:
        raise PermissionDenied(f"Your requests are for your own room, {stay.room_number}.")
    return stay


def keep_room_limit(by: Caller, property_id: int, room_number: str, now: datetime) -> None:
    """Refuse the request over a room's hourly limit, decided under the lock of the room's row."""
    if by.kind not in LIMITED_KINDS or room_number == EXEMPT_ROOM:
        return
    Room.objects.bulk_create([Room(property_id=property_id, number=room_number)], ignore_conflicts=True)
    Room.objects.select_for_update(no_key=True).get(property_id=property_id, number=room_number)
    opened = GuestRequest.objects.filter(
        property_id=property_id,
        room_number=room_number,
        created_at__gt=now - WINDOW,
        source__in=LIMITED_SOURCES,
    )
    limit: int = settings.MAX_REQUESTS_PER_ROOM_PER_HOUR
    times = list(opened.order_by("-created_at", "-id").values_list("created_at", flat=True)[:limit])
    if len(times) >= limit:
        wait = int((times[-1] + WINDOW - now).total_seconds()) + 1
        raise LimitExceeded(
            f"Room {room_number} has opened {limit} requests within an hour.", retry_after=wait
        )
