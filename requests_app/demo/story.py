"""How one request went: what was asked, who took it, when it was done. Random, but repeatable."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache
from itertools import accumulate
from operator import itemgetter
from random import Random
from typing import NamedTuple

import orjson
from django.db import models

from requests_app import events, lifecycle
from requests_app.demo import phrases
from requests_app.demo.past import Happening
from requests_app.lifecycle import Priority, Source, Status, Urgency
from requests_app.models import GuestRequest
from security.caller import Caller, CallerKind

fold = cache(lifecycle.fold)
ORDER_BYTES = 10


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the stories need it."""

    code: str
    department: str
    minutes: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Hotel:
    """The scene: everything a story is made from. ``crew`` holds the callers of a department."""

    property_id: int
    slug: str
    currency: str
    zone: tzinfo
    services: Mapping[str, Service]
    alarm_words: Sequence[str]
    crew: Mapping[str, Sequence[Caller]]
    desk: Sequence[Caller]
    rooms: Sequence[str]


class Wish(NamedTuple):
    """Something a guest may ask for."""

    service: Service
    text: str
    is_alarm: bool
    share: float


class Step(NamedTuple):
    """A status taken at a moment, with its note."""

    at: datetime
    status: Status
    notes: str = ""


class Story(NamedTuple):
    """One request: its columns by name, and what happened to it."""

    columns: dict[str, object]
    happenings: list[Happening]


class Teller:
    """Tells the stories of a hotel up to ``until``. The same seed tells the same ones."""

    def __init__(self, hotel: Hotel, *, until: datetime, seed: str) -> None:
        self.hotel, self.until, self.seed = hotel, until, seed
        self.random = Random(f"{seed}:{hotel.slug}")
        self._wishes = {
            language: (wishes, list(accumulate(wish.share for wish in wishes)))
            for language, wishes in _wishes(hotel).items()
        }

    def tell(self, request_id: int, serial: int, created: datetime) -> Story:
        """Return the story of the request that was made at ``created``; ``serial`` makes it one of its kind."""
        random = self.random
        room = random.choice(self.hotel.rooms)
        guest = _guest_of(room, created)
        wish = self._wish(guest.language)
        source, author = self._author()
        columns = _blank() | self._asked(serial, created, room, guest, wish) | self._ordered(wish, created)
        columns |= {"id": request_id, "source": source.value, "created_by_id": author.user_id}
        told = [Happening(created, request_id, events.CREATED, _created(_actor(author), columns["priority"], columns["urgency"]))]  # type: ignore[arg-type]  # fmt: skip
        taker = self._taker(wish.service)
        steps = [step for step in self._plan(wish.service.minutes[columns["priority"]], created) if step.at < self.until]  # type: ignore[index]  # fmt: skip
        if lifecycle.is_pressing(columns["priority"], columns["urgency"]):  # type: ignore[arg-type]
            told += self._pressing(columns, taker, wish, created)
        told += _walk(columns, steps, taker)
        self._perhaps_removed(columns, told)
        return Story(columns, told)

    def _wish(self, language: str) -> Wish:
        wishes, shares = self._wishes.get(language) or self._wishes["en"]
        return self.random.choices(wishes, cum_weights=shares)[0]

    def _author(self) -> tuple[Source, Caller]:
        chance = self.random.random()
        if chance < 0.55:
            return Source.GUEST, _GUEST
        if chance < 0.8 and self.hotel.desk:
            return Source.STAFF, self.random.choice(self.hotel.desk)
        return (Source.VOICE if chance < 0.95 else Source.API), _KEY

    def _taker(self, service: Service) -> Caller | None:
        able = self.hotel.crew.get(service.department) or self.hotel.desk
        return self.random.choice(able) if able else None

    def _asked(
        self, serial: int, created: datetime, room: str, guest: phrases.Guest, wish: Wish
    ) -> dict[str, object]:
        order = _order_id(self.seed, self.hotel.slug, serial)
        priority, urgency = self._rank(wish)
        texts = (wish.text, guest.name, room, order)
        return {
            "property_id": self.hotel.property_id,
            "order_id": order,
            "request_text": wish.text,
            "room_number": room,
            "guest_name": guest.name,
            "guest_name_folded": fold(guest.name),
            "phone_number": guest.phone if self.random.random() < 0.3 else "",
            "service_type": wish.service.code,
            "department": wish.service.department,
            "priority": priority,
            "urgency": urgency,
            "special_instructions": self.random.choice(phrases.INSTRUCTIONS),
            "currency": self.hotel.currency,
            "status": Status.PENDING.value,
            "language": guest.language,
            "due_at": created + timedelta(minutes=wish.service.minutes[priority]),
            "local_day": created.astimezone(self.hotel.zone).date(),
            "search_folded": "\n".join((fold(texts[0]), fold(texts[1]), *map(lifecycle.fold, texts[2:]))),
            "created_at": created,
            "updated_at": created,
        }

    def _rank(self, wish: Wish) -> tuple[int, int]:
        chance = self.random.random()
        if wish.is_alarm:
            return Priority.HIGH.value, (Urgency.CRITICAL if chance < 0.2 else Urgency.URGENT).value
        urgency = Urgency.URGENT if chance < 0.04 else Urgency.NORMAL
        priority = Priority.LOW if chance > 0.78 else Priority.HIGH if chance < 0.1 else Priority.MEDIUM
        return priority.value, urgency.value

    def _ordered(self, wish: Wish, created: datetime) -> dict[str, object]:
        if wish.service.code != "room-service":
            return {}
        chosen = self.random.sample(phrases.MENU, self.random.randint(1, 3))
        amounts = [(name, self.random.randint(1, 2), price) for name, price in chosen]
        items = [{"name": name, "quantity": quantity, "price": str(price)} for name, quantity, price in amounts]
        return {
            "order_type": "room-service",
            "items": orjson.dumps(items).decode(),
            "total_amount": Decimal(sum(quantity * price for _, quantity, price in amounts)),
            "delivery_time": created + timedelta(minutes=45) if self.random.random() < 0.3 else None,
        }

    def _plan(self, minutes: int, created: datetime) -> list[Step]:
        """Return what would become of a request, were there time enough."""
        random = self.random
        started = created + timedelta(minutes=minutes * random.lognormvariate(-1.5, 0.8))
        ended = started + timedelta(minutes=minutes * random.lognormvariate(-0.7, 0.6))
        chance = random.random()
        if chance < 0.05:
            return [Step(started, Status.CANCELLED, random.choice(phrases.CANCELLED))]
        begin, end = Step(started, Status.IN_PROGRESS), Step(ended, Status.COMPLETED, random.choice(phrases.COMPLETED))
        if chance > 0.05 + 0.06:
            return [begin, end]
        held = timedelta(minutes=minutes * random.uniform(0.3, 1.5))
        pause = Step(started + (ended - started) / 2, Status.ON_HOLD, random.choice(phrases.ON_HOLD))
        return [begin, pause, Step(pause.at + held, Status.IN_PROGRESS), end._replace(at=ended + held)]

    def _pressing(
        self, columns: dict[str, object], taker: Caller | None, wish: Wish, at: datetime
    ) -> list[Happening]:
        reason = "unassigned" if taker is None else "alarm" if wish.is_alarm else "priority"
        pk: int = columns["id"]  # type: ignore[assignment]
        told = _handed_over(columns, taker, at, rule="fewest-open") if taker else []
        return [*told, Happening(at, pk, events.URGENT, _urgent(reason))]

    def _perhaps_removed(self, columns: dict[str, object], told: list[Happening]) -> None:
        """Take one in 250 out of sight, by a manager, at the end."""
        managers = self.hotel.crew.get("manager")
        if self.random.random() > 0.004 or not managers:
            return
        at = told[-1].at + timedelta(minutes=1)
        if at < self.until:
            columns |= {"deleted_at": at, "updated_at": at, "version": columns["version"] + 1}  # type: ignore[operator]
            change = _removed(_actor(managers[0]), self.random.choice(phrases.REMOVED))
            told.append(Happening(at, columns["id"], events.DELETED, change))  # type: ignore[arg-type]
