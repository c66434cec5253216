"""The counters all processes share, each question one atomic call."""

from __future__ import annotations

import hashlib
from typing import cast

from redis import Redis
from redis.exceptions import NoScriptError

COUNT = """
local used = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  left = tonumber(ARGV[1])
  redis.call('PEXPIRE', KEYS[1], left)
end
return {used, left}
"""
"""A counter without an end gets one, whatever made it: no key can refuse somebody for ever."""

DIGEST = hashlib.sha1(COUNT.encode()).hexdigest()  # noqa: S324 - how Redis names its scripts


def count(redis: Redis, key: str, window_ms: int) -> tuple[int, int]:
    """Return how often ``key`` was used in its window, this time too, and how long that lasts."""
    try:
        found = redis.evalsha(DIGEST, 1, key, window_ms)
    except NoScriptError:  # a Redis that has just started; not a failure for the breaker
        found = redis.eval(COUNT, 1, key, window_ms)
    used, left_ms = cast("list[int]", found)
    return used, left_ms
