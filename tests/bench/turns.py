"""Contestants in turns: every round visits each once in a new order, so that drift falls on all alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

Measured = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Result:
    """A ratio and what it should be. ``at_least`` False: what it should not be over."""

    name: str
    ratio: float
    lowest: float
    highest: float
    aim: float
    at_least: bool
    detail: str

    @property
    def is_met(self) -> bool:
        """Say whether the aim is met."""
        return self.ratio >= self.aim if self.at_least else self.ratio <= self.aim


def in_turns(contestants: Mapping[str, Measured], rounds: int) -> dict[str, list[float]]:
    """Return each contestant's measure of every round."""
    random, found = Random(1), {name: list[float]() for name in contestants}
    for _ in range(rounds):
        order = list(contestants)
        random.shuffle(order)
        for name in order:
            found[name].append(contestants[name]())
    return found


def ratio(
    name: str, ours: list[float], theirs: list[float], *, aim: float, at_least: bool, unit: str
) -> Result:
    """Compare two measures round by round: the median of the ratios, and how far they spread."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    detail = f"{statistics.median(ours):,.4g} : {statistics.median(theirs):,.4g} {unit}"
    return Result(name, statistics.median(ratios), min(ratios), max(ratios), aim, at_least, detail)
