"""Whether the balancer may send work here."""

from __future__ import annotations

from cluster import pulse
from cluster.health import Word, check_all, overall
from cluster.serving.drain import is_draining


def unreadiness() -> str:
    """Return why this node should be given no work; nothing when it may."""
    if is_draining():
        return "draining"
    if overall(check_all()) is Word.UNHEALTHY:
        return "unhealthy"
    return "not-in-cluster" if pulse.is_out() else ""
