"""The hub: feeds by stream, kept true by the bus's bells and by polling the heads."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from django.db import Error as DatabaseError

from cluster import bus, streams
from cluster.bus import Bell, Message, Notice
from cluster.hub.feed import Feed
from cluster.hub.supervision import Supervisor
from cluster.hub.threads import Threads
from cluster.models import CONTROL_STREAM
from cluster.streams import Cursor, LogPage

logger = logging.getLogger("bellhop.hub")

POLL_SECONDS = 0.5
UNUSED_SECONDS = 30.0

Answer = TypeVar("Answer")
Heads = Callable[[Iterable[int]], dict[int, Cursor]]
Log = Callable[..., LogPage]


class Hub:
    """All streams that somebody in this process listens to, and the control stream."""

    def __init__(self, *, read_heads: Heads = streams.read_heads, read_log: Log = streams.read_log) -> None:
        self.feeds: dict[int, Feed] = {}
        self.tasks = Supervisor()
        self.database_ok = True
        self._read_heads = read_heads
        self._read_log = read_log
        self._threads = Threads()
        self._topics: dict[str, Callable[[Any], None]] = {}
        self._loop = asyncio.get_running_loop()
        self._unlisten: Callable[[], None] = lambda: None
        self._ticks = 0

    def start(self) -> None:
        """Follow the bus and poll the heads from now on."""
        self._unlisten = bus.listen(self._heard_in_its_thread)
        self.tasks.keep("heads", self._poll_for_ever)

    async def close(self) -> None:
        """End everything this hub does."""
        self._unlisten()
        await self.tasks.stop()
        for feed in self.feeds.values():
            feed.close()
        self._threads.close()
        _hubs.pop(self._loop, None)

    async def ask(self, question: Callable[[], Answer]) -> Answer:
        """Return the answer of a blocking question, asked in a thread."""
        return await self._threads.run(question)

    async def read(self, stream: int, after: Cursor, limit: int) -> LogPage:
        """Return the log after a cursor."""
        return await self.ask(
            partial(self._read_log, stream, after=after.seq, epoch=after.epoch, limit=limit)
        )

    async def follow(self, wanted: Mapping[int, int]) -> None:
        """Follow these streams, each at least up to the number given.

        Raises DatabaseError. Call it right before joining: a feed nobody joins is dropped in time.
        """
        missing = [stream for stream in wanted if stream not in self.feeds]
        if missing:
            heads = await self.ask(partial(self._read_heads, missing))
            for stream, cursor in heads.items():
                self.feeds.setdefault(stream, Feed(stream, cursor, self.read))
        for stream, seq in wanted.items():
            self.feeds[stream].used_at = time.monotonic()
            await self.feeds[stream].reach(seq)

    def on_notice(self, topic: str, take: Callable[[Any], None]) -> None:
        """Let ``take`` have the data of every notice on ``topic``."""
        self._topics[topic] = take

    def tell(self, stream: int, room: str, message: Message) -> None:
        """Send everybody of this process in ``room`` a message that is in no log."""
        feed = self.feeds.get(stream)
        for listener in list(feed.members([room])) if feed else ():
            post = getattr(listener, "post", None)
            if post is not None:
                post(message)

    @property
    def degraded(self) -> bool:
        """Say whether news may be late: the bus or the database is away."""
        return not self.database_ok or bus.state() == "down"

    def _heard_in_its_thread(self, item: Bell | Notice) -> None:
        try:
            self._loop.call_soon_threadsafe(self._hear, item)
        except RuntimeError:  # our loop has ended without closing us
            self._unlisten()

    def _hear(self, item: Bell | Notice) -> None:
        if isinstance(item, Notice):
            take = self._topics.get(item.topic)
            if take is not None:
                take(item.data)
        elif item.stream in self.feeds:
            self.feeds[item.stream].hear(item)

    async def _poll_for_ever(self) -> None:
        while True:
            await self._poll()
            await asyncio.sleep(POLL_SECONDS)

    async def _poll(self) -> None:
        """Ask where the streams stand, in one query: control each time, the others each second time."""
        self._drop_unused()
        self._ticks += 1
        everything = self._ticks % 2 == 0 or bus.state() == "down"
        known = {stream: feed.cursor for stream, feed in self.feeds.items()}
        wanted = {CONTROL_STREAM, *(known if everything else ())}
        try:
            heads = await self.ask(partial(self._read_heads, wanted))
        except DatabaseError as problem:
            if self.database_ok:
                logger.warning("hub.database_away", extra={"problem": repr(problem)})
            self.database_ok = False
            return
        self.database_ok = True
        for stream, head in heads.items():
            if stream in self.feeds and stream in known:
                self.feeds[stream].stands_at(head, when_at=known[stream])

    def _drop_unused(self) -> None:
        long_ago = time.monotonic() - UNUSED_SECONDS
        for stream, feed in list(self.feeds.items()):
            if not feed.listened and feed.used_at < long_ago:
                feed.close()
                del self.feeds[stream]


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def current() -> Hub:
    """Return the hub of the running event loop, started on first use."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
        hub.start()
    return hub
