"""The cast of every test: Lan, Minh and Hoa of the demo hotel, its guest of 101, Otto next door.

hotel = cast.demo_hotel()
client.get("/api/auth/me", headers=cast.bearer(hotel.lan))
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from requests_app import access, actions
from requests_app.actions import NewRequest, OpenedStay
from requests_app.models import Duty, GuestRequest
from security import credentials
from security.authentication import authenticate, caller_for_user
from security.caller import Caller
from security.models import CredentialKind, Membership, Property, Role, User

PASSWORD = "correct-horse-battery"
FOREIGN = "other-hotel"
DEMO = "demo-hotel"


@dataclass(frozen=True, slots=True)
class Hotel:
    """A property and the people who work there."""

    property: Property
    lan: User
    minh: User
    hoa: User


@dataclass(frozen=True, slots=True)
class OtherHotel:
    """The property whose manager must never see any of it."""

    property: Property
    otto: User


def demo_hotel() -> Hotel:
    """Open demo-hotel with Lan (front desk), Minh (housekeeping) and Hoa (manager)."""
    place = open_property(DEMO, "Demo Hotel")
    return Hotel(
        property=place,
        lan=member("lan", Role.FRONT_DESK, place),
        minh=member("minh", Role.HOUSEKEEPING, place),
        hoa=member("hoa", Role.MANAGER, place),
    )


def other_hotel() -> OtherHotel:
    """Open other-hotel with Otto, its manager."""
    place = open_property(FOREIGN, "Other Hotel")
    return OtherHotel(property=place, otto=member("otto", Role.MANAGER, place))


def open_property(slug: str, name: str = "") -> Property:
    """Make a property."""
    return Property.objects.create(slug=slug, name=name or slug)


def member(username: str, role: Role, place: Property, *, is_active: bool = True) -> User:
    """Make the person if need be, and their membership."""
    user = User.objects.filter(username=username).first() or person(username)
    Membership.objects.create(user=user, property=place, role=role, is_active=is_active)
    return user


def person(username: str, *, is_staff: bool = True, is_superuser: bool = False) -> User:
    """Make somebody with a login and PASSWORD, a member of nothing yet."""
    user = User(
        username=username, display_name=username.title(), is_staff=is_staff, is_superuser=is_superuser
    )
    user.set_password(PASSWORD)
    user.save()
    return user


def superuser() -> User:
    """Make the one who is above all properties."""
    return person("admin", is_superuser=True)


def caller(user: User) -> Caller:
    """Return the person as actions see them."""
    return caller_for_user(user)


def bearer(user: User) -> dict[str, str]:
    """Return the header of a new staff token."""
    return header("Bearer", credentials.issue(CredentialKind.STAFF, user=user).token)


def api_key(place: Property, *scopes: str, name: str = "voice assistant") -> dict[str, str]:
    """Return the header of a new Api-Key of that property."""
    return header(
        "Api-Key", credentials.issue(CredentialKind.API_KEY, property=place, scopes=scopes, name=name).token
    )


def guest_token(place: Property, stay_id: int = 101) -> dict[str, str]:
    """Return the header of the guest of that stay."""
    end = timezone.now() + timedelta(days=2)
    issued = credentials.issue(CredentialKind.GUEST, property=place, subject=stay_id, expires_at=end)
    return header("Guest", issued.token)


def header(scheme: str, token: str) -> dict[str, str]:
    """Return what a client sends to be known."""
    return {"Authorization": f"{scheme} {token}"}


def on_duty(user: User, place: Property) -> None:
    """Put a member on duty there."""
    membership = Membership.objects.get(user=user, property=place)
    Duty.objects.update_or_create(membership=membership, defaults={"on_duty": True})


def asked(by: User | Caller, place: Property, text: str = "Two towels", **more: Any) -> GuestRequest:
    """Open a request through the verb; room 101 unless said otherwise."""
    who = by if isinstance(by, Caller) else caller(by)
    new = NewRequest(**{"request_text": text, "room_number": "101", **more})
    return actions.create(by=who, property_id=place.pk, new=new)


def checked_in(by: User, place: Property, room: str = "101", name: str = "Zoë Ng") -> OpenedStay:
    """Open a stay until the day after tomorrow."""
    end = timezone.now() + timedelta(days=2)
    return actions.open_stay(
        by=caller(by), property_id=place.pk, room_number=room, guest_name=name, check_out=end
    )


def guest(opened: OpenedStay) -> Caller:
    """Return the guest of a stay as actions see them."""
    return authenticate(f"Guest {opened.token}")


def visible_to(who: Caller) -> list[GuestRequest]:
    """Return the requests that exist for somebody."""
    return list(access.visible(who))
