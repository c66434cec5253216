"""A hotel with everybody who can write something in it, and as many things to name as there are texts."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from requests_app.models import GuestRequest, HouseRules
from security.models import Membership, Property, Role, User
from tests import cast
from tests.api.speaking import Speaker

ROOM = "101"


@dataclass(frozen=True, slots=True)
class House:
    """The voices of one hotel, a request to talk about, and one of the guest's."""

    place: Property
    staff: Speaker
    office: Client
    above: Client
    stranger: Speaker
    guest: Client
    loud: GuestRequest
    asked: GuestRequest
    branches: tuple[Property, ...]
    members: tuple[Membership, ...]


def furnish(slug: str, size: int, admin: User) -> House:
    """Open a hotel with ``size`` colleagues and as many branches, all with plain names."""
    place = cast.open_property(slug, "Plain")
    # A word of alarm would raise some texts above others, and their rows would look otherwise.
    HouseRules.objects.filter(property=place).update(alarm_words=[])
    manager = cast.member(f"{slug}-manager", Role.MANAGER, place)
    opened = cast.checked_in(manager, place)
    guest = Client()
    guest.get(f"/s/{opened.token}")
    return House(
        place=place,
        staff=Speaker(cast.bearer(manager)),
        office=_signed_in(manager),
        above=_signed_in(admin),
        stranger=Speaker({"Authorization": f"Guest {opened.token}"}),
        guest=guest,
        loud=cast.asked(manager, place),
        asked=cast.asked(cast.guest(opened), place),
        branches=_branches(slug, size),
        members=_members(slug, size, place),
    )


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _branches(slug: str, size: int) -> tuple[Property, ...]:
    rows = [Property(slug=f"{slug}-branch-{number}", name="Plain") for number in range(size)]
    return tuple(Property.objects.bulk_create(rows))


def _members(slug: str, size: int, place: Property) -> tuple[Membership, ...]:
    users = [User(username=f"{slug}-{number}", is_staff=True, password="!") for number in range(size)]
    made = User.objects.bulk_create(users)
    rows = [Membership(user=user, property=place, role=Role.CONCIERGE) for user in made]
    return tuple(Membership.objects.bulk_create(rows))
