"""A sign: a pattern and what it weighs. Three make a finding.

Every pattern must be linear: no unbounded repetition may begin where the one before it can end, so
repetitions are possessive (``++``) or bounded, and blanks are single already (``unfolding``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH = 3
SURE = 3
LIKELY = 2
HINT = 1


@dataclass(frozen=True, slots=True)
class Sign:
    """Something seen in a text, its weight, and a piece of text without which it can not be there."""

    weight: int
    pattern: re.Pattern[str]
    needs: tuple[str, ...] = ()

    def is_in(self, text: str) -> bool:
        """Say whether the text shows it."""
        if self.needs and not any(piece in text for piece in self.needs):
            return False
        return self.pattern.search(text) is not None


def sign(weight: int, pattern: str, *needs: str) -> Sign:
    """Return a sign; blanks and comments in the pattern do not count."""
    return Sign(weight, re.compile(pattern, re.VERBOSE), needs)


def weigh(signs: Iterable[Sign], text: str) -> int:
    """Add up the signs a text shows, until they are enough."""
    total = 0
    for each in signs:
        if each.is_in(text):
            total += each.weight
            if total >= ENOUGH:
                break
    return total
