"""What a scenario works with: the place, the people, the means to break and mend, the length of things."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from random import Random

from requests_app.drill.calls import Door, NoAnswer
from requests_app.drill.faults import Faults
from requests_app.drill.journal import Journal, Status
from requests_app.drill.load.crew import Crew, Rates
from requests_app.drill.load.people import People
from requests_app.drill.load.watchers import read_status
from requests_app.drill.place import Place

WHOLE_SECONDS, POLL_SECONDS = 40.0, 0.1


class CouldNotRun(Exception):
    """A scenario could not be played: a broken promise like any other."""


@dataclass(slots=True)
class Lengths:
    """How long and how large things are."""

    steady: float = 3.0
    away: float = 6.0
    rounds: int = 50
    crowd: int = 1000
    broadcast: float = 12.0
    slow: int = 50

    @classmethod
    def short(cls) -> Lengths:
        """What a run on every change can bear."""
        return cls(steady=1.0, away=3.0, rounds=20, crowd=200, broadcast=4.0, slow=20)


@dataclass(slots=True)
class Stage:
    """All of it, for one scenario after the other."""

    place: Place
    people: People
    faults: Faults
    random: Random
    lengths: Lengths = field(default_factory=Lengths)
    rates: Rates = field(default_factory=Rates)

    def crew(self, rates: Rates | None = None) -> Crew:
        """Return fresh clients."""
        return Crew(self.place, self.people, Random(self.random.random()), rates or self.rates)

    async def steady(self) -> None:
        """Let everybody work for a while."""
        await asyncio.sleep(self.lengths.steady)

    async def away(self) -> None:
        """Leave a fault in for a while."""
        await asyncio.sleep(self.lengths.away)

    async def break_(self, verb: str, *words: str) -> float:
        """Break something; return the moment just before."""
        at = time.monotonic()
        await self.faults.do(verb, *words)
        return at

    async def mend(self, verb: str, *words: str) -> float:
        """Mend it; return the moment it was back."""
        await self.faults.do(verb, *words)
        return time.monotonic()

    async def whole(self) -> None:
        """Wait until every node is up, somebody leads and nothing is degraded. Raises CouldNotRun."""
        self.place.parts = self.faults.parts() or self.place.parts
        deadline, last = time.monotonic() + WHOLE_SECONDS, "no answer"
        while time.monotonic() < deadline:
            seen = [await self.look(part.url, part.name) for part in self.place.web]
            problems = [self._problem(status) for status in seen]
            if not any(problems) and seen:
                return
            last = next(filter(None, problems), "no node answers JSON")
            await asyncio.sleep(POLL_SECONDS)
        raise CouldNotRun(f"the cluster was not whole before it began: {last}")

    def _problem(self, status: Status | None) -> str:
        if status is None:
            return "a node does not tell the status"
        missing = [name for name in self.place.names if status.states.get(name) != "up"]
        if missing:
            return f"{', '.join(missing)} not up, says {status.said_by}"
        if status.leader is None or status.degraded:
            return f"{status.said_by} sees {'no leader' if status.leader is None else 'a degraded service'}"
        return ""

    async def look(self, url: str, name: str) -> Status | None:
        """Return what one node says of the cluster, or None."""
        door = Door(url, self.people.hoa, 2.0)
        try:
            answer = await door.call("GET", "/api/cluster-status")
        except NoAnswer:
            return None
        finally:
            door.close()
        return read_status(answer.data, name) if answer.status == 200 else None

    async def releases(self) -> set[str]:
        """Return which releases the nodes run. Raises CouldNotRun."""
        door = Door(self.place.url, self.people.hoa)
        try:
            answer = await door.call("GET", "/api/cluster-status")
            return {node["version"] for node in answer.data["nodes"] if node["status"] == "up"}
        except (NoAnswer, KeyError, TypeError) as problem:
            raise CouldNotRun(f"the nodes do not tell their releases: {problem!r}") from None
        finally:
            door.close()

    async def leader(self) -> str:
        """Return who leads. Raises CouldNotRun."""
        for part in self.place.web:
            status = await self.look(part.url, part.name)
            if status is not None and status.leader:
                return status.leader
        raise CouldNotRun("nobody leads")


def newest(journal: Journal) -> Status:
    """Return the last status anybody told."""
    return max(journal.statuses, key=lambda it: it.at)
