"""Everybody at work at once, for as long as a block lasts."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from requests_app.drill.calls import Door
from requests_app.drill.checks.calls import BALANCER
from requests_app.drill.journal import Aftermath, Ear, Journal, Position
from requests_app.drill.load import aftermath
from requests_app.drill.load.counted import Counted, cursor
from requests_app.drill.load.listeners import Listener
from requests_app.drill.load.patience import until
from requests_app.drill.load.people import CannotBegin, People
from requests_app.drill.load.readers import News, Reader
from requests_app.drill.load.watchers import Watcher
from requests_app.drill.load.writers import Writer
from requests_app.drill.place import Place

STATISTICS, BULK = "/api/request/statistics", "/api/request/bulk-update"
WATCH_SECONDS, SETTLE_SECONDS = 1.5, 12.0
BULK_SIZE = 500
CLOCKS_APART = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rates:
    """How much load."""

    writers: int = 4
    writes_every: float = 0.2
    readers: int = 3
    reads_every: float = 0.05
    ears_per_node: int = 2
    ears_at_balancer: int = 4


@dataclass(slots=True)
class Crew:
    """The clients of one scenario."""

    place: Place
    people: People
    random: Random
    rates: Rates = field(default_factory=Rates)
    journal: Journal = field(default_factory=Journal)
    after: Aftermath = field(default_factory=Aftermath)
    run: str = ""
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def door(self, token: str, url: str = "", way: str = BALANCER, seconds: float = 5.0) -> Counted:
        """Return a counted door: the balancer's, unless an address is given."""
        return Counted(Door(url or self.place.url, token, seconds), way, self.journal)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Journal]:
        """Work during the block; afterwards let the news arrive and look at what is there."""
        start = await self._begin()
        async with asyncio.TaskGroup() as group:
            watching = [group.create_task(task) for task in self._screens(start)]
            try:
                await self._everybody_listens()
                working = [group.create_task(task) for task in self._hands()]
                try:
                    yield self.journal
                finally:
                    await _stop(working)
                await self._look_again(start)
            finally:
                await _stop(watching)

    async def _begin(self) -> Position:
        self.run = f"Drill {secrets.token_hex(4)}"
        answer = await self.door(self.people.lan).call("GET", STATISTICS)
        start = cursor(answer) if answer is not None and answer.status == 200 else None
        if answer is None or start is None:
            raise CannotBegin(f"{self.place.url} does not tell its statistics")
        self.journal.total_before = answer.data["total"]
        return start

    def _hands(self) -> list[Coroutine[None, None, None]]:
        """Return the work of writers and readers."""
        people, news = self.people, News()
        tokens = (people.lan, people.hoa)
        writers = [
            Writer(
                f"{self.run} w{number}",
                self.door(tokens[number % 2]),
                Random(self.random.random()),
                self.rates.writes_every,
                news.tell,
            )
            for number in range(self.rates.writers)
        ]
        doors = [self.door(people.lan)]
        doors += [self.door(people.hoa, part.url, part.name) for part in self.place.web]
        readers = [
            Reader(doors, Random(self.random.random()), news, self.rates.reads_every)
            for _ in range(self.rates.readers)
        ]
        return [worker.run() for worker in (*writers, *readers)]

    def _screens(self, start: Position) -> list[Coroutine[None, None, None]]:
        """Return the work of listeners and watchers."""
        listeners = [
            self._listener(name, urls, start, number) for number, (name, urls) in enumerate(self._seats())
        ]
        watchers = [
            Watcher(self.door(self.people.hoa, part.url, f"status of {part.name}", WATCH_SECONDS))
            for part in self.place.web
        ]
        return [worker.run() for worker in (*listeners, *watchers)]

    def _seats(self) -> list[tuple[str, list[str]]]:
        """Return who listens where: at the balancer, and at each node first and then at any other."""
        live = [part.url for part in self.place.live]
        seats = [
            (f"ear {n + 1} at the balancer", [self.place.url]) for n in range(self.rates.ears_at_balancer)
        ]
        for turn, part in enumerate(self.place.live):
            round_trip = live[turn:] + live[:turn]
            seats += [(f"ear {n + 1} at {part.name}", round_trip) for n in range(self.rates.ears_per_node)]
        return seats

    def _listener(self, name: str, urls: list[str], start: Position, number: int) -> Listener:
        ear = Ear(name, start)
        self.journal.ears.append(ear)
        token = (self.people.lan, self.people.hoa, self.people.minh)[number % 3]
        return Listener(ear, urls, token, Random(self.random.random()))

    async def _everybody_listens(self) -> None:
        await until(lambda: all(ear.sessions for ear in self.journal.ears), SETTLE_SECONDS)

    async def _look_again(self, start: Position) -> None:
        """Look at what is there, then wait until every listener has it; what is missing then is missed."""
        door = Door(self.place.url, self.people.hoa)
        self.after = await aftermath.gather(door, start, f"{self.run} ", self.began_at - CLOCKS_APART)
        head = self.after.log[-1].seq if self.after.log else start.seq
        await until(lambda: all(ear.last_seq >= head for ear in self.journal.ears), SETTLE_SECONDS)
        await self._tidy(door)
        door.close()

    async def _tidy(self, door: Door) -> None:
        """Close what was opened, so that the next scenario finds short lists."""
        open_ones = [
            row.request_id
            for row in self.after.rows
            if row.fields["status"] not in ("completed", "cancelled")
        ]
        for at in range(0, len(open_ones), BULK_SIZE):
            body = {"requestIds": open_ones[at : at + BULK_SIZE], "status": "completed"}
            await door.call("POST", BULK, body)


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
