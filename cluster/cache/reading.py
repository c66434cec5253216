"""A cached read: near, then Redis, then the work itself; never without the generation it was read under."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from cluster import coordination, flags, tuning
from cluster.cache import counts, flights
from cluster.cache.counts import Layer
from cluster.cache.far import Place
from cluster.cache.near import Kept, Near
from cluster.redis import breaker

near = Near()
_switches: list[flags.Flag] = []
_swept_at = time.monotonic()

Parts = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A worked out answer. ``until`` is when the clock alone makes it untrue, if it ever does."""

    parts: Parts
    until: float | None = None


Make = Callable[[], Made]


def switched_by(flag: flags.Flag) -> None:
    """Let a flag switch the cache off; the app that knows the flag's name says so when it is ready."""
    _switches.append(flag)


def is_enabled() -> bool:
    """Say whether anything is kept at all."""
    return bool(settings.CACHING_ENABLED) and all(map(flags.is_on, _switches))


def read(question: str, generation: str, make: Make) -> tuple[Kept, Layer]:
    """Return the answer to ``question`` as of ``generation``, and what answered.

    ``generation`` names the state of everything the answer depends on, and the caller reads it
    before this call: then an answer is never older than what was acknowledged before they began.
    Without one, nothing is kept.
    """
    if not generation or not is_enabled():
        return _kept(make(), time.time()), counts.count(Layer.BYPASS)
    found = peek(question, generation)
    if found is not None:
        return found, Layer.NEAR
    layers: list[Layer] = []
    kept, shared = flights.fly(question, generation, lambda: _from_afar(question, generation, make, layers))
    return kept, counts.count(Layer.NEAR if shared else layers[-1])


def peek(question: str, generation: str) -> Kept | None:
    """Return what this process remembers, if it does; counted as a hit then."""
    if coordination.is_alone() or not is_enabled():
        return None
    found = near.get(question, generation, time.time())
    if found is not None:
        counts.count(Layer.NEAR)
    return found


def clear() -> int:
    """Forget what this process remembers; return how many answers that were."""
    return near.clear()


def sweep() -> None:
    """Let go of what is not true any more, as often as ``CACHE_CLEANUP_INTERVAL`` says."""
    global _swept_at  # noqa: PLW0603
    if time.monotonic() - _swept_at >= settings.CACHE_CLEANUP_INTERVAL / 1000:
        _swept_at = time.monotonic()
        near.sweep(time.time())


def statistics() -> dict[str, object]:
    """Return how this process's cache does: counts, bounds, what it holds."""
    return {
        "enabled": is_enabled(),
        **counts.rates(counts.counted()),
        "entries": len(near),
        "maxEntries": tuning.value("CACHE_MAX_SIZE"),
        "bytes": near.size,
        "maxBytes": settings.CACHE_MAX_BYTES,
        "evictions": near.evicted,
        "redis": breaker.state().value if breaker.is_configured() else "none",
    }


def _from_afar(question: str, generation: str, make: Make, layers: list[Layer]) -> Kept:
    place = Place(question, generation) if breaker.is_configured() else None
    try:
        found = place.find() if place else None
    except breaker.Away:
        place = found = None
    now = time.time()
    if found is not None and found.until > now:
        layers.append(Layer.FAR)
    else:
        layers.append(Layer.MISS)
        found = _kept(make(), now)
        _share(place, found)
    if coordination.is_alone():  # without news of the others nothing is kept here
        return found
    near.put(
        question, generation, found, most=tuning.value("CACHE_MAX_SIZE"), most_bytes=settings.CACHE_MAX_BYTES
    )
    sweep()
    return found


def _share(place: Place | None, kept: Kept) -> None:
    if place is None:
        return
    try:
        place.keep(kept, time.time())
    except breaker.Away:
        return


def _kept(made: Made, now: float) -> Kept:
    end = now + tuning.value("CACHE_TTL") / 1000
    return Kept(made.parts, end if made.until is None else min(end, made.until))
