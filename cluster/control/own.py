"""The commands of this layer, and the leader's job that forgets old orders.

There is no command to read the environment again: settings are read once, at start, and what may
change while a node runs is in the database and followed from there. ``local roll`` does the rest.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet

from cluster import jobs
from cluster.clock import DatabaseNow
from cluster.control.commands import ControlFailed, register
from cluster.control.orders import GIVEN
from cluster.leader import leader_work
from cluster.models import CONTROL_STREAM, CommandAck, Event, Node, NodeReport, StreamHead

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
BATCH = 500

Row = TypeVar("Row", bound=Model)


def register_all() -> None:
    """Register them; called once when the app is ready."""
    register("ping", ping, help="Answer, and do nothing else.")
    register(
        "log-level",
        log_level,
        help="Log from this level on: level=debug|info|warning|error|critical, or level=default.",
    )
    jobs.register("control", 60, forget)


def ping(_: dict[str, Any]) -> str:
    """Answer."""
    return f"here, process {os.getpid()}"


def log_level(arguments: dict[str, Any]) -> str:
    """Change what this process logs until it ends or is told ``default``."""
    word = str(arguments.get("level", "")).upper()
    level = configured_level() if word == "DEFAULT" else word
    if level not in LEVELS:
        allowed = ", ".join(known.lower() for known in LEVELS)
        raise ControlFailed(f"level={word.lower() or '?'} is none of: {allowed}, default")
    logging.getLogger().setLevel(level)
    return f"logs from {level.lower()} on"


def configured_level() -> str:
    """Return the level this process began with."""
    level: str = settings.LOGGING["root"]["level"]
    return level


def forget(term: int) -> None:
    """Delete answers past their time, orders whose frames are gone, reports of forgotten nodes."""
    _delete(_old_answers, term)
    _delete(_old_orders, term)
    _delete(_orphans, term)


def _delete(old: Callable[[], QuerySet[Row]], term: int) -> None:
    """Delete some at a time, until there are none."""
    while keys := list(old().values_list("pk", flat=True)[:BATCH]):
        with leader_work(term):
            old().filter(pk__in=[*keys]).delete()


def _old_answers() -> QuerySet[CommandAck]:
    return CommandAck.objects.filter(at__lt=DatabaseNow() - timedelta(days=settings.EVENT_RETENTION_DAYS))


def _old_orders() -> QuerySet[Event]:
    """Only what nobody can catch up on any more may leave the log."""
    oldest = StreamHead.objects.filter(stream=CONTROL_STREAM).values("oldest")
    return Event.objects.filter(stream=CONTROL_STREAM, name=GIVEN, seq__lt=oldest)


def _orphans() -> QuerySet[NodeReport]:
    return NodeReport.objects.exclude(instance_id__in=Node.objects.values("instance_id"))
