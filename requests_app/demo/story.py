"""How one request went: what was asked, who took it, when it was done. Random, but repeatable."""

from __future__ import annotations

import base64
import hashlib
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from requests_app import events, lifecycle
from requests_app.chronicle.past import Happening
from requests_app.chronicle.writing import Columns, Story, blank, encoded, folded
from requests_app.demo import course, phrases, scene
from requests_app.demo.scene import Actor, Scene, Wish
from requests_app.lifecycle import Priority, Source, Status, Urgency
from security.caller import CallerKind

GUEST, KEY = Actor(CallerKind.GUEST), Actor(CallerKind.API_KEY)
ORDER_LENGTH = 12
REMOVED_SHARE = 0.004
AUTOMATIC = encoded({"rule": "fewest-open"})


class Teller:
    """Tells the stories of a hotel up to ``until``. The same seed tells the same ones."""

    def __init__(self, set_in: Scene, *, until: datetime, seed: str) -> None:
        self.scene, self.until, self.seed = set_in, until, seed
        self.random = Random(f"{seed}:{set_in.slug}")  # noqa: S311 - a story, not a secret

    def tell(self, request_id: int, serial: int, at: datetime) -> Story:
        """Return the story of the request made ``at`` a moment; ``serial`` gives it its order id."""
        source, author = self._author()
        columns, wish = self._asked(serial, at)
        columns |= {"id": request_id, "source": source, "created_by_id": author.user_id}
        rank = columns["priority"], columns["urgency"]
        told = [Happening(at, request_id, events.CREATED, course.created(author, *rank))]
        able = self.scene.able(wish.department)
        taker = self.random.choice(able) if able else None
        if lifecycle.is_pressing(*rank):
            told += self._pressing(columns, taker, author, at, is_alarm=wish.is_alarm)
        steps = course.planned(at, wish.minutes[rank[0]], self.random)
        told += course.follow(columns, [step for step in steps if step.at < self.until], taker)
        return Story(columns, told + self._perhaps_removed(columns, told[-1].at))

    def _author(self) -> tuple[str, Actor]:
        chance = self.random.random()
        desk = self.scene.able("front-desk")
        if chance < 0.55:
            return Source.GUEST.value, GUEST
        if chance < 0.8 and desk:
            return Source.STAFF.value, self.random.choice(desk)
        return (Source.VOICE if chance < 0.95 else Source.API).value, KEY

    def _asked(self, serial: int, at: datetime) -> tuple[Columns, Wish]:
        room = self.random.choice(self.scene.rooms)
        guest = scene.guest_of(room, at)
        wishes = self.scene.wishes.get(guest.language) or self.scene.wishes["en"]
        wish = self.random.choices(wishes.wishes, cum_weights=wishes.shares)[0]
        priority, urgency = self._rank(wish)
        columns = blank() | {
            "property_id": self.scene.property_id,
            "order_id": order_id(self.seed, self.scene.slug, serial),
            "request_text": wish.text,
            "room_number": room,
            "guest_name": guest.name,
            "phone_number": guest.phone if self.random.random() < 0.3 else "",
            "service_type": wish.service,
            "department": wish.department,
            "priority": priority,
            "urgency": urgency,
            "special_instructions": self.random.choice(phrases.INSTRUCTIONS),
            "currency": self.scene.currency,
            "status": Status.PENDING.value,
            "language": guest.language,
            "due_at": at + timedelta(minutes=wish.minutes[priority]),
            "local_day": self._local_day(at),
            "created_at": at,
            "updated_at": at,
        }
        return columns | folded(columns) | self._ordered(wish, at), wish

    def _rank(self, wish: Wish) -> tuple[int, int]:
        chance = self.random.random()
        if wish.is_alarm:
            return Priority.HIGH.value, (Urgency.CRITICAL if chance < 0.2 else Urgency.URGENT).value
        urgency = Urgency.URGENT if chance < 0.04 else Urgency.NORMAL
        priority = Priority.LOW if chance > 0.78 else Priority.HIGH if chance < 0.1 else Priority.MEDIUM
        return priority.value, urgency.value

    def _local_day(self, at: datetime) -> date:
        return at.astimezone(self.scene.zone).date()

    def _ordered(self, wish: Wish, at: datetime) -> Columns:
        if wish.service != "room-service":
            return {}
        chosen = self.random.sample(phrases.MENU, self.random.randint(1, 3))
        amounts = [(name, self.random.randint(1, 2), price) for name, price in chosen]
        items = [{"name": name, "quantity": number, "price": str(price)} for name, number, price in amounts]
        return {
            "order_type": "room-service",
            "items": encoded(items),
            "total_amount": Decimal(sum(number * price for _, number, price in amounts)),
            "delivery_time": at + timedelta(minutes=45) if self.random.random() < 0.3 else None,
        }

    def _pressing(
        self, columns: Columns, taker: Actor | None, by: Actor, at: datetime, *, is_alarm: bool
    ) -> list[Happening]:
        reason = "unassigned" if taker is None else "alarm" if is_alarm else "priority"
        told = course.handed_over(columns, at, taker, AUTOMATIC) if taker else []
        return [*told, Happening(at, columns["id"], events.URGENT, course.pressed(by, reason))]

    def _perhaps_removed(self, columns: Columns, last: datetime) -> list[Happening]:
        at, managers = last + timedelta(minutes=1), self.scene.crew.get("manager")
        if self.random.random() > REMOVED_SHARE or not managers or at > self.until:
            return []
        return course.removed(columns, at, managers[0], self.random.choice(phrases.REMOVED))


def order_id(seed: str, slug: str, serial: int) -> str:
    """Return the public reference; who does not know the seed can not guess it."""
    digest = hashlib.blake2b(f"{seed}:{slug}:{serial}".encode(), digest_size=10).digest()
    return f"REQ-{base64.b32encode(digest).decode()[:ORDER_LENGTH]}"
