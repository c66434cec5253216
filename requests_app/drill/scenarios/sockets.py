"""Screens that stop reading, and a whole town that comes back at once."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from requests_app.drill.calls import Door, NoAnswer
from requests_app.drill.checks import timing
from requests_app.drill.journal import Journal
from requests_app.drill.load.crowd import Crowd
from requests_app.drill.measures import Measure, always, at_least, at_most, none, told
from requests_app.drill.place import Part
from requests_app.drill.scenarios.quiet import CATCH_UP_SECONDS, gathered
from requests_app.drill.scenarios.scenario import Scenario
from requests_app.drill.stage import CouldNotRun, Stage

MEGABYTE = 1024 * 1024
MOST_GROWN, MOST_GROWN_A_SOCKET = 64.0, 0.25
UNCHANGED, UNNOTICED_SECONDS = 1.5, 0.100
STORM_SECONDS = 5.0
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


@dataclass(slots=True)
class Course:
    """When each part of it began and ended, and how long the storm took."""

    before: tuple[float, float] = (0.0, 0.0)
    beside: tuple[float, float] = (0.0, 0.0)
    storm: tuple[float, float] = (0.0, 0.0)
    back_after: float = 0.0
    deaf: int = 0


async def sockets(stage: Stage) -> list[Measure]:
    """Measure how others fare before, beside slow sockets, and while everybody comes back at once."""
    crew = stage.crew()
    batches, memory = Batches(Door(stage.place.url, stage.people.hoa)), Memory(stage.place.live)
    await batches.prepare()
    async with crew.at_work() as journal:
        helpers = [asyncio.ensure_future(memory.run()), asyncio.ensure_future(batches.run())]
        try:
            crowd = await gathered(crew, stage.lengths.crowd)
            course = await _play(stage, crowd)
        finally:
            for helper in helpers:
                helper.cancel()
        absent, head = crowd.refused(), max(ear.last_seq for ear in journal.ears)
        await crowd.catch_up(head, CATCH_UP_SECONDS)
    crowd.go()
    await batches.finish()
    return [
        at_least("sockets", len(crowd.members) - len(absent), stage.lengths.crowd),
        at_least("slow sockets", course.deaf, stage.lengths.slow),
        *_held(memory, course, len(crowd.members)),
        *_others(journal, course),
        none("sockets not back", absent),
        none("events missed by those who came back", [*(["one"] * crowd.missed), *crowd.behind(head)]),
        none("events doubled for those who came back", ["one"] * crowd.doubled),
        *always(journal, crew.after),
    ]


async def _play(stage: Stage, crowd: Crowd) -> Course:
    course = Course()
    course.before = await _phase(stage)
    slow = Crowd([part.url for part in stage.place.live], crowd.tokens, crowd.start)
    await slow.come(stage.lengths.slow, slow=True)
    course.deaf = len(slow.members) - len(slow.refused())
    slow.go_deaf()
    course.beside = await _phase(stage)
    slow.go()
    began = time.monotonic()
    course.back_after = await crowd.come_back()
    await stage.steady()
    course.storm = (began, began + max(1.0, course.back_after))
    return course


async def _phase(stage: Stage) -> tuple[float, float]:
    began = time.monotonic()
    await asyncio.sleep(stage.lengths.broadcast)
    return began, time.monotonic()


def _held(memory: Memory, course: Course, number: int) -> list[Measure]:
    usual = memory.peak(*course.before)
    stormy = MOST_GROWN + MOST_GROWN_A_SOCKET * number
    return [
        told("memory of the largest live node before", usual, "MB"),
        at_most("memory it took for slow sockets", memory.peak(*course.beside) - usual, MOST_GROWN, "MB"),
        at_most("memory it took when all came back", memory.peak(*course.storm) - usual, stormy, "MB"),
    ]


def _others(journal: Journal, course: Course) -> list[Measure]:
    before, beside, storm = (
        timing.percentile([it.late for it in timing.deliveries(journal) if begin <= it.acked <= end], 0.95)
        for begin, end in (course.before, course.beside, course.storm)
    )
    limit = max(UNNOTICED_SECONDS, UNCHANGED * before)
    return [
        told("others' news, p95, before", before),
        at_most("others' news, p95, beside slow sockets", beside, limit),
        at_most("others' news, p95, while all came back", storm, limit),
        at_most("all back after", course.back_after, STORM_SECONDS),
    ]


SCENARIOS = (
    Scenario(
        "sockets",
        "50 clients with slow sockets, 1,000 reconnecting at once: memory bounded,"
        " others' delivery unchanged",
        sockets,
        in_short=False,
    ),
)
