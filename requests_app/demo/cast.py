"""The people of the demo: made once, found again every other time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cluster.streams import unit_of_work
from requests_app.models import Duty, Room
from security.models import Membership, Property, Role, User

DEMO, OTHER, ADMIN = "demo-hotel", "other-hotel", "admin"
HOTELS = {DEMO: "Demo Hotel", OTHER: "Other Hotel"}
ROOMS = [str(number) for floor in (101, 201) for number in range(floor, floor + 20)]


class Part(NamedTuple):
    """One member of the cast."""

    username: str
    display_name: str
    language: str
    place: str
    role: Role


CAST = (
    Part("hoa", "Hoa", "vi", DEMO, Role.MANAGER),
    Part("lan", "Lan", "vi", DEMO, Role.FRONT_DESK),
    Part("minh", "Minh", "vi", DEMO, Role.HOUSEKEEPING),
    Part("otto", "Otto", "en", OTHER, Role.MANAGER),
)


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who can log in; ``password`` is None where it stays what it was."""

    username: str
    password: str | None
    what: str


def seed(*, given: str | None, fallback: str) -> list[Login]:
    """Make what is missing of the cast, everyone on duty.

    ``given`` becomes everybody's password; without it those who are new get ``fallback``.
    """
    with unit_of_work():
        places = {slug: _hotel(slug, name) for slug, name in HOTELS.items()}
        logins = [_member(part, places[part.place], given, fallback) for part in CAST]
        admin, password = _person(ADMIN, given, fallback, display_name="Admin", is_superuser=True)
        return [*logins, Login(admin.username, password, "superuser")]


def _hotel(slug: str, name: str) -> Property:
    place, _ = Property.objects.get_or_create(slug=slug, defaults={"name": name})
    rooms = [Room(property=place, number=number) for number in ROOMS]
    Room.objects.bulk_create(rooms if slug == DEMO else [], ignore_conflicts=True)
    return place


def _member(part: Part, place: Property, given: str | None, fallback: str) -> Login:
    user, password = _person(
        part.username, given, fallback, display_name=part.display_name, language=part.language
    )
    membership, _ = Membership.objects.get_or_create(user=user, property=place, defaults={"role": part.role})
    Duty.objects.update_or_create(membership=membership, defaults={"on_duty": True})
    return Login(user.username, password, f"{part.role.label}, {place.name}")


def _person(username: str, given: str | None, fallback: str, **about: object) -> tuple[User, str | None]:
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User(username=username, is_staff=True, **about)
        return _with_password(user, given or fallback), given or fallback
    if given and not user.check_password(given):
        return _with_password(user, given), given
    return user, given


def _with_password(user: User, password: str) -> User:
    user.set_password(password)
    user.save()
    return user
