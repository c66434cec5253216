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

MOST = 20_000


@dataclass(slots=True)
class Window:
    """``allowed`` is None while Redis counts."""

    ends: float
    used: int
    allowed: int | None = None


_windows: OrderedDict[str, Window] = OrderedDict()
_lock = Lock()


def saw(key: str, used: int, left_ms: int) -> None:
    """Keep what Redis said."""
    with _lock:
        _keep(key, Window(monotonic() + left_ms / 1000, used))


def take(key: str, limit: int, window_ms: int) -> Count:
    """Count one more use, of this process's share."""
    now = monotonic()
    window = _windows.get(key)
    if window is None or window.ends <= now:
        window = _begun(key, Window(now + window_ms / 1000, 0, max(1, share(limit))), now)
    ours = share(max(0, limit - window.used)) if window.allowed is None else 0
    with _lock:
        if window.allowed is None:
            window.used, window.allowed = 0, ours
        window.used += 1
        return Count(limit, window.allowed - window.used, window.ends - now)


def give_back(key: str) -> None:
    """Take back one use."""
    with _lock:
        window = _windows.get(key)
        if window is not None:
            window.used = max(0, window.used - 1)


def forget(key: str) -> None:
    """Begin again with a key."""
    with _lock:
        _windows.pop(key, None)


def clear() -> None:
    """Begin again with all."""
    with _lock:
        _windows.clear()


def _begun(key: str, new: Window, now: float) -> Window:
    """Return the window that is open: another thread may have begun it a moment ago."""
    with _lock:
        window = _windows.get(key)
        if window is None or window.ends <= now:
            window = new
            _keep(key, window)
        return window


def _keep(key: str, window: Window) -> None:
    _windows.pop(key, None)
    _windows[key] = window
    while len(_windows) > MOST:
        _windows.popitem(last=False)
