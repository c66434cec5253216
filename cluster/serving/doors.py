"""How far the doors of this process are open, and who is inside."""

from __future__ import annotations

from enum import StrEnum
from threading import Condition


class Doors(StrEnum):
    """What a call finds: it is served, it is served and its connection ends, it is sent elsewhere."""

    OPEN = "open"
    CLOSING = "closing"
    SHUT = "shut"


class Entrance:
    """The one way in for calls; a thread that drains can wait here until nobody is inside."""

    def __init__(self) -> None:
        self.doors = Doors.OPEN
        self._inside = 0
        self._changed = Condition()

    def set(self, doors: Doors) -> None:
        """Open or close for all calls from now on."""
        with self._changed:
            self.doors = doors

    def enter(self) -> bool:
        """Let a call in, and say whether it may go on; who may not does not count as inside."""
        with self._changed:
            welcome = self.doors is not Doors.SHUT
            self._inside += welcome
        return welcome

    def leave(self, welcome: bool) -> None:  # noqa: FBT001 - what `enter` said
        """Let a call out again."""
        with self._changed:
            self._inside -= welcome
            if not self._inside:
                self._changed.notify_all()

    def empty(self, seconds: float) -> bool:
        """Wait until nobody is inside, at most so long; say whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: self._inside == 0, seconds)


entrance = Entrance()
"""The entrance of this process."""
