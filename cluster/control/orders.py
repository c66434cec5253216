"""An order: one event on the control stream, which stays there for whoever asks who gave it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cluster import nodes
from cluster.clock import database_time
from cluster.models import CONTROL_STREAM, Event
from cluster.streams import Cursor, read_heads, unit_of_work

GIVEN = "command:given"
VALID = timedelta(seconds=60)
LOOKED_THROUGH = 200


class UnknownNode(Exception):
    """The order names nodes that are not there."""

    def __init__(self, unknown: Sequence[str], known: Sequence[str]) -> None:
        self.unknown, self.known = list(unknown), list(known)
        there = f"These are there: {', '.join(known)}." if known else "No node is there."
        super().__init__(f"There is no node {', '.join(map(repr, unknown))}. {there}")


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered, by whom, of whom. ``to`` None means every node; ``expected`` are to answer.

    A node that is down is expected too: its process may only be frozen, and whoever orders has to know.
    """

    id: str
    name: str
    arguments: dict[str, Any]
    by: str
    to: tuple[str, ...] | None
    given_at: datetime
    expected: tuple[str, ...] = ()

    def is_for(self, instance_id: str) -> bool:
        """Say whether that node is meant."""
        return self.to is None or instance_id in self.to

    def is_over(self, now: datetime) -> bool:
        """Say whether it is too late to do it."""
        return now - self.given_at > VALID


def send(name: str, arguments: Mapping[str, Any], *, by: str, to: Sequence[str] | None = None) -> Order:
    """Give an order to the nodes named, or to all; it is on its way when this returns.

    ``by`` is who gives it. Raises UnknownNode before anything is written.
    """
    here = [it.node.instance_id for it in nodes.seen()]
    unknown = [one for one in to or () if one not in here]
    if unknown:
        raise UnknownNode(unknown, here)
    meant = tuple(here) if to is None else tuple(dict.fromkeys(to))
    order = Order(
        id=secrets.token_hex(8),
        name=name,
        arguments=dict(arguments),
        by=by,
        to=None if to is None else meant,
        given_at=database_time(),
        expected=meant,
    )
    _write(order)
    return order


def _write(order: Order) -> None:
    said = {
        "order": order.id,
        "command": order.name,
        "arguments": order.arguments,
        "by": order.by,
        "to": None if order.to is None else list(order.to),
        "givenAt": order.given_at.isoformat(),
    }
    with unit_of_work() as work:
        # In no room: nodes read it from the log, and no socket has any business with it.
        work.emit(
            CONTROL_STREAM,
            GIVEN,
            label="control",
            subjects=(),
            rooms=(),
            actor={"displayName": order.by},
            data=said,
            change=said,
        )


def position() -> Cursor:
    """Return where the control stream stands."""
    return read_heads([CONTROL_STREAM])[CONTROL_STREAM]


def given_after(cursor: Cursor, limit: int) -> list[tuple[int, Order]]:
    """Return the orders after a position, oldest first, each with its number."""
    rows = Event.objects.filter(stream=CONTROL_STREAM, seq__gt=cursor.seq, name=GIVEN).order_by("seq")
    return [(event.seq, order_of(event)) for event in rows.only("seq", "change")[:limit]]


def recent(limit: int) -> Iterator[tuple[Order, Event]]:
    """Return the newest orders, newest first."""
    rows = Event.objects.filter(stream=CONTROL_STREAM).defer("frame").order_by("-seq")[:LOOKED_THROUGH]
    found = [(order_of(event), event) for event in rows if event.name == GIVEN]
    yield from found[:limit]


def order_of(event: Event) -> Order:
    """Return the order an event of the log tells of."""
    said = event.change
    to = said["to"]
    return Order(
        id=said["order"],
        name=said["command"],
        arguments=said["arguments"],
        by=said["by"],
        to=None if to is None else tuple(to),
        given_at=datetime.fromisoformat(said["givenAt"]),
    )
