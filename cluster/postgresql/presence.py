"""Whether the database is there, as the last attempt to reach it told; no question is asked for it."""

from __future__ import annotations

from threading import Lock
from time import monotonic

TOLD_SECONDS = 1.5
"""How long a failed attempt speaks for the present; a node makes one each second."""
TRY_SECONDS = 0.25
"""How often somebody is let through all the same, so that the return is seen even where no node looks."""


class Presence:
    """What the attempts to connect have told."""

    def __init__(self) -> None:
        self._lost_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = Lock()

    def lost(self) -> None:
        """Note that an attempt failed."""
        self._lost_at = monotonic()

    def found(self) -> None:
        """Note that one succeeded."""
        self._lost_at = float("-inf")

    def is_away(self) -> bool:
        """Say whether to give up at once; now and then one is told to try, and takes the wait on itself."""
        now = monotonic()
        if now - self._lost_at > TOLD_SECONDS:
            return False
        with self._lock:
            if now - self._tried_at < TRY_SECONDS:
                return True
            self._tried_at = now
            return False


presence = Presence()
