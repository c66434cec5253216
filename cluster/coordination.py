"""Whether this node works alone: from the database and Redis, without bus and near cache.

It imports nothing, because the bus, which stands below the flags, asks it.
"""

from __future__ import annotations

from collections.abc import Callable

_asked: list[Callable[[], bool]] = []


def alone_when(is_so: Callable[[], bool]) -> None:
    """Let ``is_so`` decide; it must answer from memory."""
    _asked.append(is_so)


def is_alone() -> bool:
    """Say whether this node takes no part in what the others tell each other."""
    return any(is_so() for is_so in _asked)
