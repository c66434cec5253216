"""Who of the staff is online, anywhere in the cluster.

Each process tells the others every few seconds who is in its ``staff`` rooms; what a process has
not repeated for ten seconds is forgotten. Nothing of it is ever logged.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cluster import bus
from cluster.hub import Hub
from cluster.sockets import Text
from requests_app.live import protocol

TOPIC = "presence"
ROOM = "staff"
ANNOUNCE_SECONDS = 3.0
FORGET_SECONDS = 10.0
SETTLE_SECONDS = 0.2

Person = Mapping[str, Any]
People = dict[str, Person]
"""People by username."""


@dataclass(frozen=True, slots=True)
class Others:
    """What another process said, and until when it holds."""

    until: float
    online: Mapping[str, list[Person]]


class Presence:
    """Counts the staff sockets of this process and adds what others announce."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._name = secrets.token_hex(8)
        self._slugs: dict[int, str] = {}
        self._sockets: Counter[tuple[int, str]] = Counter()
        self._people: dict[tuple[int, str], Person] = {}
        self._others: dict[str, Others] = {}
        self._told: dict[int, list[Person]] = {}
        self._announced = False
        self._timer: asyncio.TimerHandle | None = None
        hub.on_notice(TOPIC, self._heard)

    def enter(self, stream: int, slug: str, person: Person) -> None:
        """Count one more socket of a person in the staff room of a property."""
        key = (stream, person["username"])
        self._slugs[stream] = slug
        self._people[key] = person
        self._sockets[key] += 1
        self._changed()

    def leave(self, stream: int, username: str) -> None:
        """Count one socket less."""
        key = (stream, username)
        self._sockets[key] -= 1
        if self._sockets[key] <= 0:
            del self._sockets[key]
            self._people.pop(key, None)
        self._changed()

    def follow(self, stream: int, slug: str) -> Text:
        """Return who is online in a property, for somebody who has just joined its staff room."""
        self._slugs[stream] = slug
        return protocol.frame(TOPIC, p=slug, online=self.online(stream))

    def online(self, stream: int) -> list[Person]:
        """Return who is there, by username."""
        people: People = {}
        for others in self._others.values():
            people.update({person["username"]: person for person in others.online.get(str(stream), [])})
        people.update({name: person for (where, name), person in self._people.items() if where == stream})
        return [people[name] for name in sorted(people)]

    async def announce_for_ever(self) -> None:
        """Repeat ourselves, and forget those who do not."""
        while True:
            await asyncio.sleep(ANNOUNCE_SECONDS)
            now = time.monotonic()
            self._others = {name: others for name, others in self._others.items() if others.until > now}
            self._announce()
            self._tell_changes()

    def end(self) -> None:
        """Tell the others that nobody is here any more."""
        self._people.clear()
        self._sockets.clear()
        self._announce()

    def _changed(self) -> None:
        """Tell soon, once for all who come or go in the same moment."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SETTLE_SECONDS, self._settled)

    def _settled(self) -> None:
        self._timer = None
        self._announce()
        self._tell_changes()

    def _announce(self) -> None:
        online: dict[str, list[Person]] = {}
        for (stream, _), person in self._people.items():
            online.setdefault(str(stream), []).append(person)
        if online or self._announced:
            bus.tell(TOPIC, {"name": self._name, "online": online})
        self._announced = bool(online)

    def _heard(self, data: Any) -> None:
        if isinstance(data, dict) and data.get("name") != self._name and isinstance(data.get("online"), dict):
            self._others[str(data["name"])] = Others(time.monotonic() + FORGET_SECONDS, data["online"])
            self._tell_changes()

    def _tell_changes(self) -> None:
        for stream, slug in self._slugs.items():
            online = self.online(stream)
            if online != self._told.get(stream, []):
                self._told[stream] = online
                self._hub.tell(stream, ROOM, protocol.frame(TOPIC, p=slug, online=online))
