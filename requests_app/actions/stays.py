"""Checking a guest in, moving them, checking them out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from cluster.answers.problems import Invalid, NotFound, RuleViolated
from cluster.streams import unit_of_work
from requests_app.models import Stay
from requests_app.permissions import STAYS
from security import audit, credentials, permissions
from security.audit.middleware import HIDDEN
from security.caller import Caller
from security.models import CredentialKind, Property
from security.signals import tell_access_changed

LONGEST_STAY = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class OpenedStay:
    """A new stay and its token, which is shown this once."""

    stay: Stay
    token: str


def open_stay(
    *,
    by: Caller,
    property_id: int,
    room_number: str,
    check_out: datetime,
    guest_name: str = "",
    language: str = "",
) -> OpenedStay:
    """Check a guest in and give them a token for their room until ``check_out``."""
    permissions.require(by, STAYS, property_id)
    now = timezone.now()
    _check_end(check_out, now)
    with unit_of_work():
        place = Property.objects.get(pk=property_id)
        stay = Stay.objects.create(
            property=place,
            room_number=room_number,
            guest_name=guest_name,
            language=language,
            opened_at=now,
            check_out=check_out,
            opened_by_id=by.user_id,
        )
        issued = credentials.issue(
            CredentialKind.GUEST,
            property=place,
            subject=stay.pk,
            expires_at=check_out,
            name=f"room {room_number}",
        )
        stay.credential = issued.credential
        stay.save(update_fields=["credential"])
    return OpenedStay(stay, issued.token)


def move_stay(
    *, by: Caller, stay_id: int, room_number: str | None = None, check_out: datetime | None = None
) -> Stay:
    """Give the guest another room or a later check-out; their token stays good."""
    with unit_of_work():
        stay = lock_open_stay(by, stay_id)
        if room_number:
            stay.room_number = room_number
        if check_out:
            _check_end(check_out, timezone.now())
            stay.check_out = check_out
            if stay.credential:
                stay.credential.expires_at = check_out
                stay.credential.save(update_fields=["expires_at"])
                tell_access_changed(by=by, credential_id=stay.credential_id)
        stay.save(update_fields=["room_number", "check_out"])
    return stay


def check_out(*, by: Caller, stay_id: int) -> Stay:
    """End a stay: the token and its sockets die on every node."""
    with unit_of_work():
        stay = lock_open_stay(by, stay_id)
        stay.checked_out_at = timezone.now()
        stay.save(update_fields=["checked_out_at"])
        if stay.credential_id:
            credentials.revoke([stay.credential_id])
    return stay


def lock_open_stay(by: Caller, stay_id: int) -> Stay:
    """Return a stay locked for a change.

    Raises NotFound outside the caller's properties, RuleViolated when it is over.
    """
    if not by.is_known:
        permissions.require_anywhere(by, STAYS)
    stays = Stay.objects.select_for_update(no_key=True, of=("self",)).select_related("property", "credential")
    stay = stays.filter(pk=stay_id).first()
    if stay is None or not by.may_enter(stay.property_id) or by.stay_id not in (None, stay.pk):
        if stay is not None:
            audit.happened(HIDDEN, by=by, property=stay.property_id, target=f"stay:{stay.pk}")
        raise NotFound("There is no such stay.")
    permissions.require(by, STAYS, stay.property_id)
    if stay.checked_out_at is not None:
        raise RuleViolated("This guest has already checked out.")
    return stay


def _check_end(end: datetime, now: datetime) -> None:
    if end <= now:
        raise Invalid.field("checkOut", "must be in the future", "past")
    if end > now + LONGEST_STAY:
        raise Invalid.field("checkOut", "must be within a year", "too_late")
