"""What part of a limit is this process's while it counts alone."""

from __future__ import annotations

from threading import Lock
from time import monotonic

from django.conf import settings
from django.db import Error as DatabaseError

from cluster import nodes
from cluster.models import NodeRole
from cluster.nodes import NodeState, Seen
from cluster.redis import breaker

LOOK_EVERY_SECONDS = 2.0

_lock = Lock()
_known = 1
_look_at = 0.0


def share(limit: int) -> int:
    """Return our part: all of it without a cluster, else one part for each node that lives."""
    return limit // _live_nodes() if breaker.is_configured() else limit


def _live_nodes() -> int:
    """Return how many nodes live, as last seen; with the database away too, as seen before that."""
    global _known, _look_at  # noqa: PLW0603
    if monotonic() < _look_at or not _lock.acquire(blocking=False):
        return _known
    try:
        _look_at = monotonic() + LOOK_EVERY_SECONDS
        _known = max(1, sum(map(_works_with_us, nodes.seen())))
    except DatabaseError:
        pass
    finally:
        _lock.release()
    return _known


def _works_with_us(seen: Seen) -> bool:
    """Say whether a node lives and does what we do: one for sockets takes no calls."""
    same = NodeRole.ALL in (settings.ROLE, seen.node.role) or seen.node.role == settings.ROLE
    return same and seen.state is not NodeState.DOWN
