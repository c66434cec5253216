"""What waits to be sent to one websocket: bounded, in order, whole again after it lagged."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import Error as DatabaseError

from cluster import metrics
from cluster.bus import Entry, Message
from cluster.hub.eager import begun
from cluster.sockets import Text, Wire
from cluster.streams import Cursor

if TYPE_CHECKING:
    from cluster.hub.core import Hub

logger = logging.getLogger("bellhop.hub")

LONGEST_QUEUE = 256
PAGE = 200
MOST_LAGS = 3
CALM_SECONDS = 60.0
ASK_AGAIN_SECONDS = 0.5

Send = Callable[[Message], Awaitable[None]]
Show = Callable[[Entry], Text | None]
"""What this listener may see of an entry; None when that is nothing."""


@dataclass(slots=True)
class Replay:
    """Events of the log that are owed: those after ``after`` up to ``upto``.

    ``rooms`` None means all the listener is in by then. ``told`` are the rooms whose events after a
    number have been told already, by another way.
    """

    stream: int
    epoch: str
    after: int
    upto: int
    rooms: frozenset[str] | None = None
    told: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """A message that says: everything up to ``heads`` has been sent."""

    message: Message
    heads: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Farewell:
    """The last words, then the end."""

    words: Message | None
    close: Message


Item = dict[str, Any] | Mark | Replay | Farewell | Awaitable[None]
"""What waits beside events; an awaitable is a send that has begun."""


class Outbox:
    """A listener that writes to a websocket, and from a task of its own as soon as it would have to wait.

    So a slow one delays nobody, and one that keeps up costs no task. The queue holds 256 items. When
    it overflows, its events are dropped and the socket lags: once it has drained, it replays from
    the log what it missed. One that lags again and again is given up (``hopeless``). ``sent`` is,
    for each stream, the number up to which all has been sent. ``ended`` is called when nothing can
    be written any more: after the farewell, or because the socket has gone.
    """

    __slots__ = (
        *("_closing", "_ended", "_hopeless", "_hub", "_lagged_at", "_lags", "_queue", "_send", "_show"),
        *("_wire", "_writer", "is_over", "lagging", "rooms", "sent"),
    )

    def __init__(
        self,
        hub: Hub,
        send: Send,
        show: Show,
        *,
        hopeless: Callable[[], None],
        ended: Callable[[], None],
        wire: Wire | None = None,
    ) -> None:
        self.rooms: dict[int, dict[str, int]] = {}
        self.sent: dict[int, int] = {}
        self.lagging = False
        self.is_over = False
        self._hub = hub
        self._send = send
        self._show = show
        self._hopeless = hopeless
        self._ended = ended
        self._wire = wire
        self._queue: deque[Entry | Item] | None = None
        self._writer: asyncio.Task[None] | None = None
        self._closing = False
        self._lags = 0
        self._lagged_at = 0.0

    @property
    def waiting(self) -> int:
        """Say how much waits to be written."""
        return len(self._queue or ())

    @property
    def is_idle(self) -> bool:
        """Say whether all is written that there was."""
        return self._writer is None

    def offer(self, entry: Entry) -> None:
        """Take an event: write it at once when nothing waits, else queue it.

        This is the hot line of the house: it runs once a socket and event.
        """
        if self._writer is None:
            if not self._closing:
                self._write_at_once(entry)
        elif self.lagging or self._closing:
            return
        elif self.waiting < LONGEST_QUEUE:
            self._put(entry)
        else:
            self._lag()

    def resync(self, stream: int) -> None:  # noqa: ARG002
        """Give up: what the client knows can not be continued."""
        self._hopeless()

    def post(self, message: Text) -> None:
        """Send a message of ours after what is waiting."""
        if not self._is_written(message):
            self._put(message)

    def post_mark(self, message: Text) -> None:
        """Send a message that promises all up to here; a socket that lags can not be promised it."""
        if not self.lagging:
            heads = {stream: self._hub.feeds[stream].cursor.seq for stream in self.rooms}
            if self._is_written(message):
                self._promised(heads)
            else:
                self._put(Mark(message, heads))

    def join(self, stream: int, rooms: Iterable[str], *, since: int | None = None) -> None:
        """Hear ``rooms`` from now on, and with ``since`` what they said after it, first."""
        feed = self._hub.feeds[stream]
        here = feed.cursor.seq
        mine = self.rooms.setdefault(stream, {})
        self.sent.setdefault(stream, here)
        told = dict(mine)
        start = here if since is None else min(since, here)
        new = frozenset(rooms)
        for room in new:
            mine[room] = min(start, mine.get(room, start))
        feed.join(self, new)
        if since is not None:
            upto = min(here, self.sent[stream]) if self.lagging else here
            self._put(Replay(stream, feed.cursor.epoch, start, upto, new, told))

    def leave(self, stream: int, rooms: Iterable[str]) -> None:
        """Hear ``rooms`` no more, what is waiting included."""
        gone = list(rooms)
        mine = self.rooms.get(stream, {})
        for room in gone:
            mine.pop(room, None)
        if not mine:
            self.rooms.pop(stream, None)
            self.sent.pop(stream, None)
        if stream in self._hub.feeds:
            self._hub.feeds[stream].leave(self, gone)
        self._keep([item for item in self._queue or () if not isinstance(item, Entry) or self._heard(item)])

    def leave_all(self) -> None:
        """Hear nothing more."""
        for stream, rooms in list(self.rooms.items()):
            self.leave(stream, list(rooms))

    def finish(self, words: Message | None, close: Message) -> None:
        """Say goodbye at once: what is waiting will not be sent."""
        if not self._closing:
            self._keep([])
            self._put(Farewell(words, close))
            self._closing = True

    def drop(self) -> None:
        """Cut the client off, where the server lets us, with all that waits."""
        if self._wire is not None:
            self._wire.drop()
        self.stop()

    def stop(self) -> None:
        """Write no more, whatever waits."""
        if self._writer is not None:
            self._writer.cancel()
        self._end()

    async def run(self) -> None:
        """Write what waits; it is started when something has to wait, and ends when nothing does."""
        try:
            await self._write_all()
        except (OSError, RuntimeError) as problem:  # the server has closed it; they differ in how they say so
            logger.info("socket.gone", extra={"problem": repr(problem)})
            self._end()
        finally:
            self._writer = None

    async def _write_all(self) -> None:
        while self._queue or self.lagging:
            if not self._queue:
                self._catch_up()
                continue
            item = self._queue.popleft()
            if isinstance(item, Entry):
                await self._write(item)
            elif not await self._do(item):
                self._end()
                return
        self._queue = None

    def _end(self) -> None:
        self._closing = True
        self._queue = None
        if not self.is_over:
            self.is_over = True
            self._ended()

    def _write_at_once(self, entry: Entry) -> None:
        message = self._show(entry)
        if message is None:
            self.sent[entry.stream] = entry.seq
        elif self._wire is None:
            self._begin_to_send(entry, message)
        elif self._wire.write_now(message.wire):
            self.sent[entry.stream] = entry.seq
        else:  # full, or gone: its own task waits, or finds out
            self._put(entry)

    def _begin_to_send(self, entry: Entry, message: Message) -> None:
        """Do the same under a server that is not ours."""
        try:
            rest = begun(self._send(message))
        except OSError:
            self._put(entry)
            return
        if rest is not None:
            self._put(rest)
        self.sent[entry.stream] = entry.seq

    def _is_written(self, message: Text) -> bool:
        """Write a message of ours at once, if nothing waits before it and the wire takes it."""
        if self._writer is not None or self._closing or self._wire is None:
            return False
        return self._wire.write_now(message.wire)

    async def _write(self, entry: Entry) -> None:
        message = self._show(entry)
        if message is not None:
            await self._send(message)
        if entry.stream in self.sent:
            self.sent[entry.stream] = entry.seq

    async def _do(self, item: Item) -> bool:
        """Do what is no event; say whether to go on."""
        match item:
            case Replay():
                await self._replay(item)
            case Mark():
                await self._send(item.message)
                self._promised(item.heads)
            case Farewell():
                if item.words is not None:
                    await self._send(item.words)
                await self._send(item.close)
                return False
            case dict():
                await self._send(item)
            case _:
                await item
        return True

    def _promised(self, heads: Mapping[int, int]) -> None:
        for stream in self.sent.keys() & heads.keys():
            self.sent[stream] = max(self.sent[stream], heads[stream])

    async def _replay(self, replay: Replay) -> None:
        if replay.rooms is not None and not self.lagging and replay.stream in self.sent:
            # All that was waiting before has been sent, so the rooms joined earlier are whole up to here.
            self.sent[replay.stream] = max(self.sent[replay.stream], replay.upto)
        after = replay.after
        while after < replay.upto and not self._closing and replay.stream in self.rooms:
            try:
                page = await self._hub.read(replay.stream, Cursor(replay.epoch, after), PAGE)
            except DatabaseError:  # the database is away: the socket stays and waits with it
                await asyncio.sleep(ASK_AGAIN_SECONDS)
                continue
            if page.gone is not None or not page.events:
                self._hopeless()
                return
            after = page.events[-1].seq
            for event in page.events:
                if event.seq <= replay.upto and self._owed(event.seq, event.rooms, replay):
                    await self._write_old(Entry.of(event))
        if replay.rooms is None and replay.stream in self.sent:
            self.sent[replay.stream] = max(self.sent[replay.stream], replay.upto)

    async def _write_old(self, entry: Entry) -> None:
        message = self._show(entry)
        if message is not None and not self._closing:
            await self._send(message)

    def _owed(self, seq: int, rooms: Iterable[str], replay: Replay) -> bool:
        mine = self.rooms.get(replay.stream, {})
        if any(room in replay.told and seq > replay.told[room] for room in rooms):
            return False
        wanted = (room for room in rooms if replay.rooms is None or room in replay.rooms)
        return any(room in mine and seq > mine[room] for room in wanted)

    def _heard(self, entry: Entry) -> bool:
        mine = self.rooms.get(entry.stream, {})
        return any(room in mine for room in entry.rooms)

    def _put(self, item: Entry | Item) -> None:
        if self._closing:
            return
        if self._queue is None:
            self._queue = deque()
        if len(self._queue) >= 2 * LONGEST_QUEUE:  # messages of ours that nobody takes
            self._hopeless()
            return
        self._queue.append(item)
        if self._writer is None:
            self._writer = self._hub.tasks.start(self.run())

    def _keep(self, items: Iterable[Entry | Item]) -> None:
        if self._queue is not None:
            self._queue = deque(items)

    def _lag(self) -> None:
        """Drop the events that wait; the log will give them again."""
        now = time.monotonic()
        self._lags = 1 if now - self._lagged_at > CALM_SECONDS else self._lags + 1
        self._lagged_at = now
        metrics.SLOW_SOCKETS.inc()
        self.lagging = True
        kept = [item for item in self._queue or () if not isinstance(item, Entry | Mark)]
        for item in kept:
            if isinstance(item, Replay) and item.stream in self.sent:
                item.upto = min(item.upto, self.sent[item.stream])
        self._keep(kept)
        if self._lags > MOST_LAGS:
            self._hopeless()

    def _catch_up(self) -> None:
        """Owe the log's events since what was sent, in all rooms, up to where the hub is now."""
        self.lagging = False
        for stream, sent in self.sent.items():
            here = self._hub.feeds[stream].cursor
            if here.seq > sent and self._queue is not None:
                self._queue.append(Replay(stream, here.epoch, sent, here.seq))
