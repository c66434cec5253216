"""What a scenario is, and what comes of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from requests_app.drill.measures import Measure
from requests_app.drill.stage import Stage

Play = Callable[[Stage], Awaitable[list[Measure]]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of the table of promises, or a part of one."""

    name: str
    promise: str
    play: Play
    in_short: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """How one went; `problem` says why it could not be played, which breaks the promise."""

    name: str
    promise: str
    seconds: float
    measures: list[Measure] = field(default_factory=list)
    problem: str = ""

    @property
    def kept(self) -> bool:
        """Whether everything promised was measured and true."""
        return not self.problem and bool(self.measures) and all(it.kept for it in self.measures)
