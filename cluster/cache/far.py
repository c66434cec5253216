"""What all processes keep together in Redis, each question in one place, for a bounded time.

A process that finds nothing takes a short lock, so that the others wait for its answer instead of
all working it out. The lock ends by itself and nobody waits longer than ``WAIT_SECONDS``: one who
died with it holds nobody up.
"""

from __future__ import annotations

import time
from functools import partial
from typing import cast

from redis import Redis

from cluster.cache import sealing
from cluster.cache.near import Kept
from cluster.redis import breaker

PREFIX = "bellhop:cache:"
LOCK_MS = 1_000
SCANNED = 1_000
MOST_SCANS = 10_000
WAIT_SECONDS = 0.1
PAUSES = (0.004, 0.008, 0.016, 0.032, 0.04)

LOOK = """
local kept = redis.call('GET', KEYS[1])
if kept and string.sub(kept, 1, 16) == ARGV[1] then return kept end
if redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then return 1 end
return 0
"""
"""One trip: the answer if it is of this generation, else 1 for "work it out", 0 for "somebody is"."""
MINE, THEIRS = 1, 0


def drop_all() -> int:
    """Delete every answer kept in Redis; return how many there were. Raises Away."""
    dropped, cursor = 0, 0
    for _ in range(MOST_SCANS):
        cursor, keys = breaker.use(partial(_scan, cursor=cursor))
        if keys:
            dropped += breaker.use(partial(_unlink, keys=keys))
        if not cursor:
            break
    return dropped


def _scan(redis: Redis, *, cursor: int) -> tuple[int, list[bytes]]:
    return cast("tuple[int, list[bytes]]", redis.scan(cursor, match=f"{PREFIX}*", count=SCANNED))


def _unlink(redis: Redis, *, keys: list[bytes]) -> int:
    return redis.unlink(*keys)


class Place:
    """The place of one question in one generation."""

    __slots__ = ("_generation", "_key", "_lock", "_mark", "_question")

    def __init__(self, question: str, generation: str) -> None:
        self._question, self._generation = question, generation
        self._mark = sealing.mark(generation)
        self._key = f"{PREFIX}{sealing.place(question)}"
        self._lock = f"{self._key}:{self._mark.hex()}"

    def find(self) -> Kept | None:
        """Return what is kept here, after a short wait if somebody is working it out. Raises Away."""
        for pause in (*PAUSES, 0.0):
            found = breaker.use(self._look)
            if isinstance(found, bytes):
                return sealing.unseal(found, self._question, self._generation)
            if found == MINE or not pause:
                return None
            time.sleep(pause)
        return None

    def keep(self, kept: Kept, now: float) -> None:
        """Keep an answer for as long as it is true, and let the waiting ones go on. Raises Away."""
        milliseconds = int((kept.until - now) * 1000)
        sealed = sealing.seal(kept, self._question, self._generation) if milliseconds > 0 else b""

        def put(redis: Redis) -> object:
            pipeline = redis.pipeline(transaction=False)
            if sealed:
                pipeline.set(self._key, sealed, px=milliseconds)
            pipeline.delete(self._lock)
            return pipeline.execute()

        breaker.use(put)

    def _look(self, redis: Redis) -> object:
        script = redis.register_script(LOOK)
        keys = (self._key, self._lock)
        return cast("object", script(keys=keys, args=(self._mark, LOCK_MS), client=redis))
