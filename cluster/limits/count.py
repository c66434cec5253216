"""How a limit stands after one more use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """``left`` is what is still allowed after this use, below zero for one too many.

    ``seconds`` is how long until more is allowed.
    """

    limit: int
    left: int
    seconds: float

    @property
    def is_over(self) -> bool:
        """Say whether this use was one too many."""
        return self.left < 0

    @property
    def remaining(self) -> int:
        """Return how many more are allowed in this window."""
        return max(0, self.left)
