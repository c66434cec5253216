"""The rows of nodes: claimed, kept fresh, left, and read with the eyes of the others."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet

from cluster import identity
from cluster.clock import DatabaseNow
from cluster.models import Node, NodeRole, NodeStatus

SUSPECT = timedelta(seconds=2)
LOST = timedelta(seconds=3.5)
SHOWN = timedelta(minutes=10)


class NodeState(StrEnum):
    """How a node looks from outside."""

    UP = "up"
    SUSPECT = "suspect"
    DOWN = "down"
    DRAINING = "draining"


@dataclass(frozen=True, slots=True)
class Life:
    """One life of a process in the cluster."""

    role: NodeRole
    instance_id: str = field(default_factory=identity.instance_id)
    boot: str = field(default_factory=lambda: secrets.token_hex(6))


@dataclass(frozen=True, slots=True)
class Seen:
    """A node that has not left, and how it looks now."""

    node: Node
    state: NodeState


def claim(life: Life) -> bool:
    """Take the name for this life, unless another process lives under it; say whether it is ours."""
    now = DatabaseNow()
    row = {
        "boot": life.boot,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "version": identity.VERSION,
        "role": life.role,
        "status": NodeStatus.UP,
        "started_at": now - identity.age(),
        "last_heartbeat": now,
        "connections": 0,
        "load": 0.0,
    }
    free = Q(status=NodeStatus.LEFT) | Q(last_heartbeat__lt=now - LOST)
    if Node.objects.filter(free, instance_id=life.instance_id).update(**row):
        return True
    Node.objects.bulk_create([Node(instance_id=life.instance_id, **row)], ignore_conflicts=True)
    return _rows_of(life).exists()


def beat(life: Life, *, connections: int, load: float) -> bool:
    """Write a heartbeat; False when this life was declared lost, or its row is gone."""
    alive = _rows_of(life).filter(last_heartbeat__gte=DatabaseNow() - LOST).exclude(status=NodeStatus.LEFT)
    return bool(alive.update(last_heartbeat=DatabaseNow(), connections=connections, load=load))


def drain(life: Life, *, draining: bool) -> None:
    """Say that this life takes no new work, or does again."""
    status = NodeStatus.DRAINING if draining else NodeStatus.UP
    _rows_of(life).exclude(status=NodeStatus.LEFT).update(status=status)


def leave(life: Life) -> None:
    """Say that this life ended in good order."""
    _rows_of(life).update(status=NodeStatus.LEFT, last_heartbeat=DatabaseNow())


def seen() -> list[Seen]:
    """Return the nodes that have not left, lost ones for ten minutes, by name."""
    rows = Node.objects.exclude(status=NodeStatus.LEFT).annotate(now=DatabaseNow()).order_by("instance_id")
    return [Seen(row, _state(row, row.now)) for row in rows if row.now - row.last_heartbeat < SHOWN]


def forget_gone() -> int:
    """Delete the rows that are not shown any more; return how many."""
    return gone().delete()[0]


def gone() -> QuerySet[Node]:
    """Return the rows that are not shown any more."""
    return Node.objects.filter(last_heartbeat__lt=DatabaseNow() - SHOWN)


def _rows_of(life: Life) -> QuerySet[Node]:
    return Node.objects.filter(instance_id=life.instance_id, boot=life.boot)


def _state(node: Node, now: datetime) -> NodeState:
    silent = now - node.last_heartbeat
    if silent > LOST:
        return NodeState.DOWN
    if node.status == NodeStatus.DRAINING:
        return NodeState.DRAINING
    return NodeState.SUSPECT if silent > SUSPECT else NodeState.UP
