"""One stream as this process follows it: where it stands, and who listens in which room."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from django.db import Error as DatabaseError

from cluster import metrics
from cluster.bus import Bell, Entry
from cluster.hub.delivered import delivered
from cluster.streams import Cursor, LogPage

logger = logging.getLogger("bellhop.hub")

GAP_SECONDS = 0.02
PAGE = 500
MOST_EARLY = 1_000

ReadLog = Callable[[int, Cursor, int], Awaitable[LogPage]]
"""Read the log of a stream after a cursor, at most so many events."""


class Listener(Protocol):
    """Somebody who hears rooms. Both calls come from the event loop and must return at once."""

    def offer(self, entry: Entry) -> None:
        """Take one event of a room they are in; it is offered once, in order."""

    def resync(self, stream: int) -> None:
        """Take note that the stream's numbers can no longer be compared with what they know."""


class Feed:
    """Delivers the events of one stream in order, each once, whatever the bus does to them."""

    def __init__(self, stream: int, cursor: Cursor, read: ReadLog) -> None:
        self.stream = stream
        self.cursor = cursor
        self.used_at = time.monotonic()
        self._read = read
        self._rooms: dict[str, set[Listener]] = {}
        self._early: dict[int, Entry] = {}
        self._expected = cursor.seq
        self._filling = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._fills: set[asyncio.Task[None]] = set()

    @property
    def listened(self) -> bool:
        """Say whether anybody is in any room."""
        return bool(self._rooms)

    def join(self, listener: Listener, rooms: Iterable[str]) -> None:
        """Let ``listener`` hear these rooms from the next event on."""
        for room in rooms:
            self._rooms.setdefault(room, set()).add(listener)

    def leave(self, listener: Listener, rooms: Iterable[str]) -> None:
        """Let ``listener`` hear these rooms no more."""
        for room in rooms:
            members = self._rooms.get(room, set())
            members.discard(listener)
            if not members:
                self._rooms.pop(room, None)
        self.used_at = time.monotonic()

    def members(self, rooms: Sequence[str]) -> set[Listener]:
        """Return who is in any of these rooms; not to be changed."""
        found = [self._rooms[room] for room in rooms if room in self._rooms]
        if len(found) == 1:
            return found[0]
        return set().union(*found)

    def hear(self, bell: Bell) -> None:
        """Take a bell: deliver what is next, keep what is early, fetch what is missing."""
        if bell.epoch != self.cursor.epoch:
            return  # the poller sees which of the two is over
        for entry in bell.entries:
            self._take(entry)
        self.expect(bell.seq)

    def stands_at(self, head: Cursor, *, when_at: Cursor) -> None:
        """Take the head as the database had it when this feed was at ``when_at``.

        A head behind where we are now is only an answer that took its time; one behind where we
        were then means that the log was cut.
        """
        if when_at.epoch != self.cursor.epoch:
            return
        if head.epoch != when_at.epoch or head.seq < when_at.seq:
            self._restart(head)
        else:
            self.expect(head.seq)

    def expect(self, seq: int) -> None:
        """Know that ``seq`` exists: if it has not come in a moment, it is read from the log."""
        self._expected = max(self._expected, seq)
        if self._expected > self.cursor.seq and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GAP_SECONDS, self._start_filling)

    async def reach(self, seq: int) -> None:
        """Return once everything up to ``seq`` is delivered. Raises DatabaseError when it can not be read."""
        self._expected = max(self._expected, seq)
        await self._fill()

    def close(self) -> None:
        """Stop what is under way."""
        if self._timer is not None:
            self._timer.cancel()
        for fill in self._fills:
            fill.cancel()

    def _take(self, entry: Entry) -> None:
        if entry.seq > self.cursor.seq + 1:
            if len(self._early) < MOST_EARLY:
                self._early[entry.seq] = entry
            return
        following: Entry | None = entry
        while following is not None and following.seq == self.cursor.seq + 1:
            self._deliver(following)
            following = self._early.pop(following.seq + 1, None)

    def _deliver(self, entry: Entry) -> None:
        self.cursor = Cursor(self.cursor.epoch, entry.seq)
        listeners = self.members(entry.rooms)
        for listener in listeners:
            try:
                listener.offer(entry)
            except Exception:  # one that can not take it must not keep it from the others
                logger.exception("hub.listener_failed", extra={"stream": self.stream, "seq": entry.seq})
                listener.resync(self.stream)
        seconds = max(0.0, time.time() - entry.at)
        metrics.COMMIT_TO_SOCKET.observe(seconds)
        if listeners:
            delivered(entry, sockets=len(listeners), seconds=seconds)

    def _start_filling(self) -> None:
        self._timer = None
        if self._expected > self.cursor.seq:
            task = asyncio.get_running_loop().create_task(self._fill_or_leave_it())
            self._fills.add(task)
            task.add_done_callback(self._fills.discard)

    async def _fill_or_leave_it(self) -> None:
        try:
            await self._fill()
        except DatabaseError as problem:  # the next poll asks again
            logger.warning("hub.log_unreadable", extra={"stream": self.stream, "problem": repr(problem)})

    async def _fill(self) -> None:
        """Read the log up to what is expected; one reader at a time."""
        async with self._filling:
            while self._expected > self.cursor.seq:
                page = await self._read(self.stream, self.cursor, PAGE)
                if page.gone is not None:
                    self._restart(Cursor(page.epoch, page.head))
                    return
                before = self.cursor.seq
                for event in page.events:
                    self._take(Entry.of(event))
                if self.cursor.seq == before:  # a number that no log knows was rung
                    self._expected = before
                    return
                metrics.GAP_REPAIRS.inc()

    def _restart(self, head: Cursor) -> None:
        """Go on from ``head``; what lies between can not be told, so listeners start afresh."""
        self.cursor = head
        self._expected = head.seq
        self._early.clear()
        for listener in self.members(list(self._rooms)):
            listener.resync(self.stream)
