"""What a story is made from: the hotel as it is set up, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from requests_app import lifecycle
from requests_app.demo import phrases
from requests_app.demo.cast import ROOMS
from requests_app.models import HouseRules, Room, ServiceType
from security.caller import Caller, CallerKind
from security.models import Membership, Property, Role


class Actor(NamedTuple):
    """Somebody who does things in the stories."""

    kind: CallerKind
    user_id: int | None = None
    username: str = ""
    display_name: str = ""

    def named(self) -> dict[str, object]:
        """Return how the history names them, which is the Caller's to say."""
        return Caller(kind=self.kind, username=self.username, display_name=self.display_name).as_actor()


class Wish(NamedTuple):
    """Something a guest may ask for, and how often that is."""

    service: str
    department: str
    minutes: Mapping[int, int]
    text: str
    is_alarm: bool
    share: float


class Wishes(NamedTuple):
    """The wishes in one language, with their shares summed up."""

    wishes: Sequence[Wish]
    shares: Sequence[float]


@dataclass(frozen=True, slots=True)
class Scene:
    """A hotel, its people by role and its guests' wishes by language."""

    property_id: int
    slug: str
    currency: str
    zone: tzinfo
    rooms: Sequence[str]
    crew: Mapping[str, Sequence[Actor]]
    wishes: Mapping[str, Wishes]

    def able(self, department: str) -> Sequence[Actor]:
        """Return who may take a request: the department, else the front desk, else a manager."""
        roles = (department, Role.FRONT_DESK.value, Role.MANAGER.value)
        return next((self.crew[role] for role in roles if self.crew.get(role)), ())


def of(place: Property) -> Scene:
    """Return the scene of a property."""
    numbers = Room.objects.filter(property=place).order_by("number").values_list("number", flat=True)
    return Scene(
        property_id=place.pk,
        slug=place.slug,
        currency=place.currency,
        zone=ZoneInfo(place.timezone),
        rooms=list(numbers) or ROOMS,
        crew=_crew(place),
        wishes=_wishes(place),
    )


def guest_of(room: str, at: datetime) -> phrases.Guest:
    """Return who stays in a room on that day; everybody stays three days."""
    turn = int(room, 36) * 7 + at.toordinal() // 3 * 5
    return phrases.GUESTS[turn % len(phrases.GUESTS)]


def _crew(place: Property) -> Mapping[str, Sequence[Actor]]:
    crew: dict[str, list[Actor]] = defaultdict(list)
    members = Membership.objects.filter(property=place, is_active=True, user__is_active=True)
    for member in members.select_related("user").order_by("user__username"):
        user = member.user
        crew[member.role].append(Actor(CallerKind.STAFF, user.pk, user.username, user.shown_as()))
    return crew


def _wishes(place: Property) -> Mapping[str, Wishes]:
    rules = HouseRules.objects.filter(property=place).first()
    alarm_words = rules.alarm_words if rules else sorted(lifecycle.ALARM_WORDS)
    found: dict[str, list[Wish]] = defaultdict(list)
    for service in ServiceType.objects.filter(property=place, is_active=True).order_by("position", "code"):
        for language, texts in phrases.TEXTS.get(service.code, {}).items():
            share = phrases.SHARES[service.code] / len(texts)
            for text in texts:
                is_alarm = bool(lifecycle.found_alarm_words(text, alarm_words))
                # An alarm is rarer than its place in the list would make it.
                wish = Wish(
                    service.code,
                    service.department,
                    service.minutes(),
                    text,
                    is_alarm,
                    share / (1 + 3 * is_alarm),
                )
                found[language].append(wish)
    return {
        language: Wishes(made, list(accumulate(wish.share for wish in made)))
        for language, made in found.items()
    }
