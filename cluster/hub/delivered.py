"""The end of the way: this node's sockets were given an event, told under the id of its call."""

from __future__ import annotations

import logging

from cluster import identity, metrics, tracing
from cluster.bus import Entry

logger = logging.getLogger("bellhop.delivered")


def delivered(entry: Entry, *, sockets: int, seconds: float) -> None:
    """Count it, and leave one line for the node, not one a socket: it holds numbers, no word of a guest."""
    metrics.EVENTS_DELIVERED.inc()
    tracing.tracer().delivered(entry.call, stream=entry.stream, seq=entry.seq, sockets=sockets)
    if logger.isEnabledFor(logging.INFO):
        told = {"stream": entry.stream, "seq": entry.seq, "sockets": sockets, "ms": round(seconds * 1000, 2)}
        named = {"request_id": entry.call.request_id, "instance": identity.instance_id()}
        logger.info("delivered", extra={**named, **told})
