"""The one question "is this once too often", answered by Redis where it is there, else here."""

from __future__ import annotations

from cluster.limits import far, near
from cluster.limits.count import Count
from cluster.redis import breaker

PREFIX = "bellhop:slots:"


def take(key: str, *, limit: int, window_ms: int) -> Count:
    """Count one more use of ``key`` and return how it stands; never fails."""
    name = PREFIX + key
    try:
        said = breaker.use(lambda redis: far.count(redis, name, limit, window_ms))
    except breaker.Away:
        return near.take(name, limit, window_ms)
    near.saw(name, said.used, window_ms)
    return Count(limit, max(0, limit - said.used) if said.passes else -1, said.left_ms / 1000)


def forget(key: str) -> None:
    """Begin again with ``key``."""
    name = PREFIX + key
    near.forget(name)
    try:
        breaker.use(lambda redis: redis.delete(name))
    except breaker.Away:
        return


def give_back(key: str) -> None:
    """Take back one use of ``key``: it turned out not to count."""
    name = PREFIX + key
    near.give_back(name)
    try:
        breaker.use(lambda redis: far.give_back(redis, name))
    except breaker.Away:
        return
