"""Who left for another release and is not back: a node's answer to the order, until its next life begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.db.models import Value
from django.db.models.functions import Replace

from cluster.clock import database_time
from cluster.models import CommandAck

LEAVES, LEFT = "leaves for", "left for"
COUNTS_FOR = timedelta(days=1)
"""Who is not back after that was taken away, or given up."""
MOST = 200


@dataclass(frozen=True, slots=True)
class Departure:
    """One node's: the life that ended with it, and the full name of the build it went to."""

    boot: str
    build: str


def answer(build: str) -> str:
    """Return what a node says that goes; the last word is the build."""
    return f"{LEAVES} {build}"


def departed() -> dict[str, Departure]:
    """Return who left and began no life since, by name."""
    newest = _open().filter(at__gt=database_time() - COUNTS_FOR).order_by("-pk")[:MOST]
    return {row.instance_id: Departure(row.boot, row.detail.rpartition(" ")[2]) for row in reversed(newest)}


def is_back(instance_id: str) -> None:
    """Note that a life of that node has begun."""
    _open().filter(instance_id=instance_id).update(detail=Replace("detail", Value(LEAVES), Value(LEFT)))


def _open() -> models.QuerySet[CommandAck]:
    return CommandAck.objects.filter(ok=True, detail__startswith=LEAVES)
