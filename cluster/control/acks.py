"""What the nodes answered, and what comes of an order."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from cluster import nodes
from cluster.clock import DatabaseNow
from cluster.control.orders import Order
from cluster.models import CommandAck
from cluster.nodes import Life, NodeState

LOOK_AGAIN_SECONDS = 0.1
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Ack:
    """One node's answer."""

    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who confirmed, who failed, who said nothing in time."""

    order: Order
    confirmed: Mapping[str, str]
    failed: Mapping[str, str]
    silent: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """Return 0: all confirmed, 1: a node failed, 2: a node was silent, 3: nobody is there."""
        if not self.order.expected:
            return 3
        if self.failed:
            return 1
        return 2 if self.silent else 0


def answers(order: Order) -> dict[str, Ack]:
    """Return what each node has answered so far."""
    rows = CommandAck.objects.filter(order=order.id).order_by("pk")
    return {row.instance_id: Ack(row.ok, row.detail) for row in rows}


def wait(order: Order, seconds: float) -> Outcome:
    """Return what came of the order once everybody alive has answered, at the latest after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        lost = _lost(order)  # asked first: one that answers and then leaves has answered
        heard = answers(order)
        awaited = set(order.expected) - heard.keys()
        if not awaited - lost or time.monotonic() >= deadline:
            return _outcome(order, heard)
        time.sleep(min(LOOK_AGAIN_SECONDS, max(0.0, deadline - time.monotonic())))


def write(order: Order, life: Life, ack: Ack) -> None:
    """Answer for this life of a node; the first answer stands."""
    row = CommandAck(
        order=order.id,
        instance_id=life.instance_id,
        boot=life.boot,
        ok=ack.ok,
        detail=ack.detail[:LONGEST],
        at=DatabaseNow(),
    )
    CommandAck.objects.bulk_create([row], ignore_conflicts=True)


def _lost(order: Order) -> set[str]:
    """Return whom there is no use to wait for: dead, or gone in good order."""
    alive = {it.node.instance_id for it in nodes.seen() if it.state is not NodeState.DOWN}
    return set(order.expected) - alive


def _outcome(order: Order, heard: Mapping[str, Ack]) -> Outcome:
    return Outcome(
        order=order,
        confirmed={name: ack.detail for name, ack in heard.items() if ack.ok},
        failed={name: ack.detail for name, ack in heard.items() if not ack.ok},
        silent=tuple(name for name in order.expected if name not in heard),
    )
