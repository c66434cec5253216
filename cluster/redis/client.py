"""Connections to Redis that give up after a quarter of a second and never try twice."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_SECONDS = 0.25


def client(url: str) -> Redis:
    """Return a client whose every wait is bounded: to connect, to send, to read."""
    return Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        # redis-py's own default tries three times, with pauses: that is the breaker's affair.
        retry=Retry(NoBackoff(), 0),
    )
