"""The versions a head counts beside its events."""

from __future__ import annotations

from cluster.models import CONTROL_STREAM
from cluster.streams.work import unit_of_work


def move_version(name: str) -> None:
    """Move one of the control head's versions, with whatever the unit of work changes."""
    with unit_of_work() as work:
        work.count(CONTROL_STREAM, {name: 1})
