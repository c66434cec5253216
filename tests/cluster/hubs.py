"""A log without a database, and listeners that remember, for the tests of the hub."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from django.db import OperationalError

from cluster.bus import Bell, Entry, Message
from cluster.models import Event
from cluster.streams import Cursor, LogPage
from cluster.streams.log import Gone

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
STREAM = 1


class FakeLog:
    """What the database would say."""

    def __init__(self, epoch: str = "e7", first: int = 1) -> None:
        self.epoch = epoch
        self.first = first
        self.oldest = first
        self.rooms: list[tuple[str, ...]] = []
        self.reads = 0
        self.away = False

    @property
    def head(self) -> int:
        return self.first - 1 + len(self.rooms)

    def write(self, *rooms: str) -> int:
        self.rooms.append(rooms or ("staff",))
        return self.head

    def entry(self, seq: int, stream: int = STREAM) -> Entry:
        return Entry.of(self.event(seq, stream))

    def event(self, seq: int, stream: int = STREAM) -> Event:
        rooms = self.rooms[seq - self.first]
        return Event(
            stream=stream, epoch=self.epoch, seq=seq, at=AT, rooms=list(rooms), frame=f"{stream}:{seq}"
        )

    def bell(self, *seqs: int, stream: int = STREAM) -> Bell:
        return Bell(stream, self.epoch, max(seqs), [self.entry(seq, stream) for seq in seqs])

    def read_heads(self, streams: Iterable[int]) -> dict[int, Cursor]:
        self._ask()
        return {stream: Cursor(self.epoch, self.head) for stream in streams}

    def read_log(self, stream: int, *, after: int, epoch: str, limit: int) -> LogPage:
        self._ask()
        self.reads += 1
        gone = Gone.EPOCH if epoch != self.epoch else Gone.EXPIRED if after < self.oldest - 1 else None
        seqs = range(max(after + 1, self.oldest), self.head + 1)[:limit]
        return LogPage(
            self.epoch, self.head, self.oldest, [] if gone else [self.event(s, stream) for s in seqs], gone
        )

    def _ask(self) -> None:
        if self.away:
            raise OperationalError("the database is away")


class Ear:
    """A listener that remembers what it was offered."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.resynced = 0

    def offer(self, entry: Entry) -> None:
        self.seqs.append(entry.seq)

    def resync(self, stream: int) -> None:
        self.resynced += 1


class Wire:
    """A websocket that takes frames while it is not blocked."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.closed: Message | None = None
        self.was_dropped = False
        self._open = asyncio.Event()
        self._open.set()

    def block(self) -> None:
        self._open.clear()

    def unblock(self) -> None:
        self._open.set()

    def write_now(self, frame: bytes) -> bool:
        if self._open.is_set():
            self.frames.append(frame[2:].decode())
        return self._open.is_set()

    def drop(self) -> None:
        self.was_dropped = True

    async def send(self, message: Message) -> None:
        await self._open.wait()
        if message["type"] == "websocket.close":
            self.closed = message
        else:
            self.frames.append(message["text"])

    @property
    def seqs(self) -> list[int]:
        return [int(frame.partition(":")[2]) for frame in self.frames if ":" in frame]


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Let the loop run until ``condition`` holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.005)


def numbers(first: int, last: int) -> Sequence[int]:
    return list(range(first, last + 1))
