"""The counters of this process, for when there is no Redis: it gives out its share and no more.

What Redis said last is kept, so that a caller who had used up half of a window does not begin
anew because Redis died. Never more than ``MOST`` keys: the oldest are forgotten.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from cluster.limits.count import Count
from cluster.limits.sharing import share
from cluster.limits.slots import SLOTS, Slots

MOST = 20_000


@dataclass(slots=True)
class Known:
    """What Redis said was used, which counts until then, and what this process gave out since."""

    used: int
    until: float
    slots: Slots | None = None


_known: OrderedDict[str, Known] = OrderedDict()
_lock = Lock()


def saw(key: str, used: int, window_ms: int) -> None:
    """Keep what Redis said: for a whole window, because it does not say when each use was."""
    with _lock:
        _keep(key, Known(used, monotonic() + window_ms / 1000))


def take(key: str, limit: int, window_ms: int) -> Count:
    """Count one more use, of this process's share."""
    now = monotonic()
    with _lock:
        known = _known.get(key) or Known(0, now)
    ours = share(max(0, limit - known.used)) if known.until > now else max(1, share(limit))
    with _lock:
        # Another thread may have begun it a moment ago.
        known = _known.get(key) or _keep(key, known)
        if known.slots is None:
            known.slots = Slots(now, window_ms / 1000 / SLOTS)
        left = known.slots.take(now, ours)
        seconds = known.slots.seconds(now, ours) if ours else known.until - now
    return Count(limit, left, seconds)


def give_back(key: str) -> None:
    """Take back one use."""
    with _lock:
        known = _known.get(key)
        if known is not None and known.slots is not None:
            known.slots.give_back()
        elif known is not None:
            known.used = max(0, known.used - 1)


def forget(key: str) -> None:
    """Begin again with a key."""
    with _lock:
        _known.pop(key, None)


def clear() -> None:
    """Begin again with all."""
    with _lock:
        _known.clear()


def _keep(key: str, known: Known) -> Known:
    _known.pop(key, None)
    _known[key] = known
    while len(_known) > MOST:
        _known.popitem(last=False)
    return known
