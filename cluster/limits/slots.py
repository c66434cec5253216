"""A window that slides: a tenth at a time, so that no edge lets twice the limit through.

The first use begins the first slot. What was used in a slot is forgotten one window after the slot
began: whoever spends all at once waits one window, whoever spends evenly gets a tenth back each tenth.
Pure: the time is given.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SLOTS = 10


@dataclass(slots=True)
class Slots:
    """The uses of one key. ``counts`` are of the last window's slots, the newest last."""

    begun: float
    length: float
    at: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * SLOTS)

    def take(self, now: float, limit: int) -> int:
        """Count one more use and return how many are left; -1, and not counted, when it is one too many."""
        self._slide(now)
        used = sum(self.counts)
        if used >= limit:
            return -1
        self.counts[-1] += 1
        return limit - used - 1

    def give_back(self) -> None:
        """Take back the newest use."""
        slot = next((slot for slot in reversed(range(SLOTS)) if self.counts[slot]), None)
        if slot is not None:
            self.counts[slot] -= 1

    def seconds(self, now: float, limit: int) -> float:
        """Return how long until something is given back, enough for one use where all is spent."""
        rest, slot = sum(self.counts), 0
        is_spent = rest >= limit
        while slot < SLOTS - 1 and (
            not self.counts[slot] or (is_spent and rest - self.counts[slot] >= limit)
        ):
            rest -= self.counts[slot]
            slot += 1
        return self.begun + (self.at + slot + 1) * self.length - now

    def _slide(self, now: float) -> None:
        here = max(self.at, int((now - self.begun) / self.length))
        passed = min(here - self.at, SLOTS)
        self.counts = self.counts[passed:] + [0] * passed
        self.at = here
