"""Screens that stop reading, and a whole town that comes back at once."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from requests_app.drill.calls import Door, NoAnswer
from requests_app.drill.checks import timing
from requests_app.drill.journal import Journal
from requests_app.drill.measures import Measure, always, at_least, at_most, none, told
from requests_app.drill.place import Part
from requests_app.drill.scenarios.quiet import CATCH_UP_SECONDS, GENTLE, gathered
from requests_app.drill.scenarios.scenario import Scenario
from requests_app.drill.stage import CouldNotRun, Stage

MEGABYTE = 1024 * 1024
MOST_GROWN, MOST_GROWN_A_SOCKET = 64.0, 0.25
UNCHANGED, UNNOTICED_SECONDS = 1.5, 0.100
BATCH, BATCH_SECONDS = 150, 0.25
SAMPLE_SECONDS = 0.2
TURNS = ("in-progress", "on-hold")


@dataclass(slots=True)
class Memory:
    """What the live nodes hold in memory, looked at again and again."""

    parts: list[Part]
    samples: list[tuple[float, float]] = field(default_factory=list)

    async def run(self) -> None:
        """Sample until cancelled."""
        while True:
            self.samples.append((time.monotonic(), max(resident(part.pid) for part in self.parts)))
            await asyncio.sleep(SAMPLE_SECONDS)

    def peak(self, begin: float, end: float) -> float:
        """Return the most megabytes a node held in a time."""
        return max((held for at, held in self.samples if begin <= at <= end), default=float("inf"))


def resident(pid: int) -> float:
    """Return a process's resident megabytes, as the system tells. Raises CouldNotRun."""
    try:
        said = Path(f"/proc/{pid}/statm").read_text()
    except OSError:
        raise CouldNotRun(f"the memory of process {pid} can not be read") from None
    return int(said.split()[1]) * 4096 / MEGABYTE


@dataclass(slots=True)
class Batches:
    """A manager who moves many requests at once: large events, which fill a slow socket soon."""

    door: Door
    ids: list[int] = field(default_factory=list)

    async def prepare(self) -> None:
        """Open the requests."""
        run = f"Drill {secrets.token_hex(4)} batch"
        for number in range(BATCH):
            made = await self.door.call(
                "POST", "/api/request", {"requestText": f"{run} {number}", "roomNumber": "104"}
            )
            if made.status == 201:
                self.ids.append(made.data["id"])

    async def run(self) -> None:
        """Move them to and fro until cancelled."""
        turn = 0
        while True:
            with suppress(NoAnswer):
                await self._move(TURNS[turn % 2])
            turn += 1
            await asyncio.sleep(BATCH_SECONDS)

    async def finish(self) -> None:
        """Close them."""
        with suppress(NoAnswer):
            await self._move("completed")

    async def _move(self, status: str) -> None:
        body = {"requestIds": self.ids, "status": status}
        await self.door.call("POST", "/api/request/bulk-update", body)


async def slow_sockets(stage: Stage) -> list[Measure]:
    """Measure how others fare without and beside listeners who stop reading, while large events come."""
    crew = stage.crew()
    batches, memory = Batches(Door(stage.place.url, stage.people.hoa)), Memory(stage.place.live)
    await batches.prepare()
    async with crew.at_work() as journal, _beside(memory.run(), batches.run()):
        before = await _phase(stage)
        slow = await gathered(crew, stage.lengths.slow, [part.url for part in stage.place.live], slow=True)
        deaf = len(slow.members) - len(slow.refused())
        slow.go_deaf()
        beside = await _phase(stage)
        slow.go()
    await batches.finish()
    usual = memory.peak(*before)
    return [
        at_least("slow sockets", deaf, stage.lengths.slow),
        told("memory of the largest live node before", usual, "MB"),
        at_most("memory it took for slow sockets", memory.peak(*beside) - usual, MOST_GROWN, "MB"),
        *_others(journal, before, beside, "beside slow sockets"),
        *always(journal, crew.after),
    ]


async def reconnect(stage: Stage) -> list[Measure]:
    """Let a thousand hang up and come back at once; measure how those fare who stayed."""
    crew, memory = stage.crew(GENTLE), Memory(stage.place.live)
    async with crew.at_work() as journal, _beside(memory.run()):
        crowd = await gathered(crew, stage.lengths.crowd, [stage.place.url])
        before = await _phase(stage)
        began = time.monotonic()
        back_after = await crowd.come_back()
        storm = (began, began + max(1.0, back_after))
        await stage.steady()
        absent, head = crowd.refused(), max(ear.last_seq for ear in journal.ears)
        await crowd.catch_up(head, CATCH_UP_SECONDS)
    crowd.go()
    missed = [*(["one"] * crowd.missed), *crowd.behind(head)]
    usual, most = memory.peak(*before), MOST_GROWN + MOST_GROWN_A_SOCKET * len(crowd.members)
    return [
        at_least("sockets", len(crowd.members) - len(absent), stage.lengths.crowd),
        told("all back after", back_after),
        told("memory of the largest live node before", usual, "MB"),
        at_most("memory it took when all came back", memory.peak(*storm) - usual, most, "MB"),
        *_others(journal, before, storm, "while all came back"),
        none("sockets not back", absent),
        none("events missed by those who came back", missed),
        none("events doubled for those who came back", ["one"] * crowd.doubled),
        *always(journal, crew.after),
    ]


@asynccontextmanager
async def _beside(*work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Let something go on during a block."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _phase(stage: Stage) -> tuple[float, float]:
    began = time.monotonic()
    await asyncio.sleep(stage.lengths.broadcast)
    return began, time.monotonic()


def _others(
    journal: Journal, before: tuple[float, float], during: tuple[float, float], when: str
) -> list[Measure]:
    usual, then = (
        timing.percentile([it.late for it in timing.deliveries(journal) if begin <= it.acked <= end], 0.95)
        for begin, end in (before, during)
    )
    limit = max(UNNOTICED_SECONDS, UNCHANGED * usual)
    return [
        told("others' news, p95, before", usual),
        at_most(f"others' news, p95, {when}", then, limit),
    ]


SCENARIOS = (
    Scenario(
        "slow-sockets",
        "50 clients with slow sockets: memory bounded, others' delivery unchanged",
        slow_sockets,
        in_short=False,
    ),
    Scenario(
        "reconnect",
        "1,000 clients reconnecting at once: memory bounded, others' delivery unchanged",
        reconnect,
        in_short=False,
    ),
)
