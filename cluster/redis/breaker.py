"""The one breaker of a process: opens after two failures, closes when a probe finds Redis well again.

A failure is an error, no answer within ``TIMEOUT_SECONDS``, or an answer later than
``SLOW_SECONDS``: an accelerator that slow makes nothing faster. While the breaker is open nobody
waits for Redis. A thread of its own probes each second, also while all is well, so that a Redis
that hangs in silence is found by nobody's request. It starts with the first use, never before a
fork. The probe writes and reads: a Redis that is full or a replica by now is no use either.
"""

from __future__ import annotations

import atexit
import logging
import os
import secrets
import threading
from collections.abc import Callable
from enum import StrEnum
from time import monotonic
from typing import TypeVar

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from cluster import metrics
from cluster.redis.client import client

logger = logging.getLogger("bellhop.redis")

FAILURES = 2
SLOW_SECONDS = 0.1
PROBE_EVERY_SECONDS = 1.0
PROBE_AWAY_SECONDS = 0.4
PROBE_AGAIN_SECONDS = 0.1
STOP_SECONDS = 1.0
PROBE_KEPT_MS = 5_000
CERTIFICATE = "certificate verify failed"

Answer = TypeVar("Answer")


class State(StrEnum):
    """Closed: Redis is used. Open: it is not. Half-open: one probe was good, the next one decides."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Away(Exception):
    """Redis is not there, or not to be used now."""


class Breaker:
    """Stands between one process and one Redis."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pid = os.getpid()
        self.state = State.CLOSED
        self.problem = ""
        self._client = client(url)
        self._failures = 0
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = False
        metrics.REDIS_BREAKER.state(self.state)
        self._thread = threading.Thread(target=self._watch, name="bellhop-redis", daemon=True)
        self._thread.start()

    def use(self, do: Callable[[Redis], Answer]) -> Answer:
        """Return what ``do`` gets from Redis. Raises Away when it fails, or at once while we are open."""
        if self.state is not State.CLOSED:
            raise Away(self.problem)
        return self._tried(self._client, do)

    def doubt(self) -> None:
        """Have Redis probed now: somebody else's use of it has failed."""
        if self.state is State.CLOSED:
            self._wake.set()

    def stop(self) -> None:
        """End the probes and close what is open."""
        self._stopping = True
        self._wake.set()
        self._thread.join(STOP_SECONDS)
        self._client.close()

    def _tried(self, redis: Redis, do: Callable[[Redis], Answer]) -> Answer:
        started = monotonic()
        try:
            found = do(redis)
        except (RedisError, OSError) as problem:
            self._failed(_in_words(problem))
            raise Away(self.problem) from problem
        if monotonic() - started > SLOW_SECONDS:
            self._failed("slow")
        elif self._failures and self.state is State.CLOSED:
            self._failures = 0
        return found

    def _failed(self, problem: str) -> None:
        with self._lock:
            self._failures += 1
            self.problem = problem
            if self.state is State.CLOSED and self._failures < FAILURES:
                self._wake.set()
            else:
                self._become(State.OPEN)

    def _become(self, state: State) -> None:
        if state is self.state:
            return
        before, self.state = self.state, state
        metrics.REDIS_BREAKER.state(state)
        if before is State.CLOSED:
            metrics.REDIS_BREAKER_OPENS.inc()
            logger.warning("redis.away", extra={"problem": self.problem})
            # What is pooled leads to the Redis that has failed; each would be one more failure later.
            self._client.connection_pool.disconnect(inuse_connections=False)
        elif state is State.CLOSED:
            logger.info("redis.back")

    def _watch(self) -> None:
        redis = client(self.url)
        mark = f"bellhop:probe:{secrets.token_hex(8)}"
        while not self._stopping:
            self._probe(redis, mark)
            self._wake.wait(self._pause())
            self._wake.clear()
        redis.close()

    def _pause(self) -> float:
        if self.state is State.OPEN:
            return PROBE_AWAY_SECONDS
        return PROBE_AGAIN_SECONDS if self._failures or self.state is State.HALF_OPEN else PROBE_EVERY_SECONDS

    def _probe(self, redis: Redis, mark: str) -> None:
        failures = self._failures
        try:
            self._tried(redis, lambda it: it.set(mark, "1", px=PROBE_KEPT_MS))
        except Away:
            return
        with self._lock:
            if self._failures > failures:  # it was slow, or somebody else failed meanwhile
                return
            if self.state is State.OPEN:
                self._become(State.HALF_OPEN)
            elif self.state is State.HALF_OPEN:
                self._failures = 0
                self._become(State.CLOSED)


def _in_words(problem: Exception) -> str:
    """Return the kind of a problem; that of a certificate in words, for only an operator mends it."""
    if CERTIFICATE in str(problem).lower():
        return f"{type(problem).__name__}: {CERTIFICATE} (REDIS_URL, REDIS_SSL_CA)"
    return type(problem).__name__


_breaker: Breaker | None = None
_starting = threading.Lock()


def is_configured() -> bool:
    """Say whether there is a Redis to use at all."""
    return bool(settings.REDIS_URL)


def use(do: Callable[[Redis], Answer]) -> Answer:
    """Return what ``do`` gets from Redis. Raises Away, at once when it is known to be away."""
    if not settings.REDIS_URL:
        raise Away("there is no Redis")
    return _current().use(do)


def state() -> State:
    """Say how the breaker stands; closed where there is no Redis to lose."""
    return _current().state if settings.REDIS_URL else State.CLOSED


def is_closed() -> bool:
    """Say whether Redis may be used."""
    return state() is State.CLOSED


def problem() -> str:
    """Return what made the breaker open, in a word."""
    return _current().problem if settings.REDIS_URL else ""


def doubt() -> None:
    """Have Redis probed now."""
    if settings.REDIS_URL:
        _current().doubt()


def stop() -> None:
    """End this process's breaker; its next use starts another."""
    global _breaker
    breaker, _breaker = _breaker, None
    if breaker is not None and breaker.pid == os.getpid():
        breaker.stop()


def _current() -> Breaker:
    """Return the breaker of this process: a thread does not survive a fork, so a child starts its own."""
    global _breaker  # noqa: PLW0603
    breaker, url = _breaker, settings.REDIS_URL
    if breaker is None or breaker.pid != os.getpid() or breaker.url != url:
        with _starting:
            breaker = _breaker
            if breaker is None or breaker.pid != os.getpid() or breaker.url != url:
                breaker = _breaker = Breaker(url)
    return breaker


atexit.register(stop)
