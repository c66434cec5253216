"""Which rooms a caller may join, and what they are in the hub: (stream, room) pairs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from cluster.answers.problems import Invalid, NotFound, PermissionDenied, Problem
from requests_app import access
from requests_app.permissions import EVENTS
from requests_app.problems import RequestNotFound
from security import audit, permissions
from security.caller import Caller, CallerKind
from security.models import Property

ROOM_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,10}", re.ASCII)
ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)

Places = frozenset[tuple[int, str]]


@dataclass(slots=True)
class Plan:
    """What a caller gets of what they asked for, by the names they used."""

    granted: dict[str, Places] = field(default_factory=dict)
    denied: list[dict[str, str]] = field(default_factory=list)
    slugs: dict[int, str] = field(default_factory=dict)


def plan(caller: Caller, names: Iterable[str]) -> Plan:
    """Decide for each room by itself: one that is denied leaves the others granted."""
    found = Plan()
    asked = _Asked(caller, list(names))
    for name in asked.names:
        kind, _, value = name.partition(":")
        try:
            found.granted[name] = frozenset(asked.resolved(kind, value))
        except Problem as problem:
            if isinstance(problem, PermissionDenied):
                told = audit.Origin("socket", known_caller=caller)
                audit.happened("access:refused", target="room", after={"room": kind}, origin=told)
            found.denied.append({"room": name, "code": problem.code, "error": problem.error})
    streams = {stream for places in found.granted.values() for stream, _ in places}
    found.slugs = {stream: asked.slugs[stream] for stream in streams}
    return found


def may_listen(caller: Caller) -> bool:
    """Say whether any room can be open to them at all."""
    return permissions.permitted_properties(caller, EVENTS) != frozenset()


class _Asked:
    """One caller's wishes, with what the database is asked for at most once."""

    def __init__(self, caller: Caller, names: list[str]) -> None:
        self.caller = caller
        self.names = names
        self._kinds: dict[str, Callable[[str], Iterable[tuple[int, str]]]] = {
            "property": self._property,
            "staff": self._staff,
            "mine": self._mine,
            "room": self._room,
            "request": self._request,
            "stay": self._stay,
        }

    @cached_property
    def slugs(self) -> dict[int, str]:
        """The properties that exist for the caller."""
        if self.caller.sees_everything:
            return dict(Property.objects.filter(is_active=True).values_list("pk", "slug"))
        return dict(self.caller.slugs)

    @cached_property
    def requests(self) -> dict[int, int]:
        """The property of each request asked for that exists for the caller."""
        words = (name.removeprefix("request:") for name in self.names if name.startswith("request:"))
        wanted = [int(word) for word in words if ID.fullmatch(word)]
        return dict(access.visible(self.caller).filter(pk__in=wanted).values_list("pk", "property_id"))

    def resolved(self, kind: str, value: str) -> Iterable[tuple[int, str]]:
        """Return the places of one room. Raises Invalid, NotFound or PermissionDenied."""
        resolve = self._kinds.get(kind)
        if resolve is None or (kind in ("staff", "mine")) is bool(value):
            raise Invalid("There is no such kind of room.")
        return resolve(value)

    def _property(self, slug: str) -> Iterable[tuple[int, str]]:
        stream = next((stream for stream, known in self.slugs.items() if known == slug), None)
        if stream is None:
            raise NotFound("There is no such property.")
        self._only_staff(stream)
        return [(stream, f"property:{slug}")]

    def _staff(self, _: str) -> Iterable[tuple[int, str]]:
        return self._everywhere("staff")

    def _mine(self, _: str) -> Iterable[tuple[int, str]]:
        if self.caller.kind is not CallerKind.STAFF:
            raise PermissionDenied("Only people have a room of their own.")
        return self._everywhere(f"user:{self.caller.username}")

    def _room(self, number: str) -> Iterable[tuple[int, str]]:
        if not ROOM_NUMBER.fullmatch(number):
            raise Invalid("room: up to ten letters, digits, _ or -.")
        return self._everywhere(f"room:{number}")

    def _request(self, pk: str) -> Iterable[tuple[int, str]]:
        if not ID.fullmatch(pk):
            raise Invalid("request: send the request's number.")
        if self.caller.is_guest:
            raise PermissionDenied("A guest hears the room of their stay.")
        stream = self.requests.get(int(pk))
        if stream is None or stream not in self.slugs:
            raise RequestNotFound
        self._only_staff(stream)
        return [(stream, f"request:{pk}")]

    def _stay(self, pk: str) -> Iterable[tuple[int, str]]:
        if not self.caller.is_guest:
            raise PermissionDenied("Only the guest of a stay hears its room.")
        if pk != str(self.caller.stay_id):
            raise NotFound("There is no such stay.")
        return [(stream, f"stay:{pk}") for stream in self.slugs]

    def _everywhere(self, room: str) -> Iterable[tuple[int, str]]:
        if self.caller.is_guest:
            raise PermissionDenied("A guest hears the room of their stay.")
        permitted = permissions.permitted_properties(self.caller, EVENTS)
        streams = [stream for stream in self.slugs if permitted is None or stream in permitted]
        if not streams:
            raise PermissionDenied
        return [(stream, room) for stream in streams]

    def _only_staff(self, stream: int) -> None:
        if self.caller.is_guest:
            raise PermissionDenied("A guest hears the room of their stay.")
        permissions.require(self.caller, EVENTS, stream)
