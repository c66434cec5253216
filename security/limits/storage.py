"""Where django-ratelimit counts: in Redis behind the house's breaker, else in this process.

Its own way with a cache raises while Redis is away, also when told to fail open
(https://github.com/jsocol/django-ratelimit/issues/333).
"""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

from cluster.redis import breaker

LONGEST_SECONDS = 24 * 60 * 60


class CountingCache(LocMemCache):
    """Only what counting needs: ``add``, ``incr``, and ``get`` to look."""

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Begin a counter; False when there is one."""
        name = self.make_key(key, version)
        seconds = LONGEST_SECONDS if timeout in (DEFAULT_TIMEOUT, None) else int(timeout)
        try:
            return bool(breaker.use(lambda redis: redis.set(name, value, ex=seconds, nx=True)))
        except breaker.Away:
            return super().add(key, value, timeout, version)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count on."""
        name = self.make_key(key, version)
        try:
            return breaker.use(lambda redis: int(redis.incrby(name, delta)))
        except breaker.Away:
            # Redis may have gone between the two: what it had counted is not here.
            super().add(key, 0, LONGEST_SECONDS, version)
            return int(super().incr(key, delta, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return how far a counter is."""
        name = self.make_key(key, version)
        try:
            found = breaker.use(lambda redis: redis.get(name))
        except breaker.Away:
            return super().get(key, default, version)
        return default if found is None else int(found)
