"""The one bus of a process, and the thread it lives in."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import secrets
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from cluster import coordination, metrics
from cluster.bus.bells import Bell, Message, Notice, bells, unpacked
from cluster.bus.link import Link, State
from cluster.models import Event

logger = logging.getLogger("bellhop.bus")

WAITING = 10_000
STOP_SECONDS = 3.0
REST_SECONDS = 0.01
"""After each telling: what comes meanwhile is told together. Well under the hub's patience with a gap."""

Sink = Callable[[Bell | Notice], None]
"""Takes what the bus hears, in the bus's own thread; it must return at once."""


class Bus:
    """A thread that takes news from any thread and tells it here and everywhere."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.dropped = 0
        self._name = secrets.token_hex(8)
        self._inbox: deque[Sequence[Event] | Notice] = deque(maxlen=WAITING)
        self._called = False
        self._sinks: tuple[Sink, ...] = ()
        self._loop = asyncio.new_event_loop()
        self._work = asyncio.Event()
        self._stopping = False
        self._link: Link | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bellhop-bus", daemon=True)
        self._thread.start()

    def hand_over(self, news: Sequence[Event] | Notice) -> None:
        """Leave news for the thread; the oldest goes when nobody fetches any."""
        if len(self._inbox) == WAITING:
            self.dropped += 1
        self._inbox.append(news)
        if not self._called:
            self._called = True
            self._wake()

    def listen(self, sink: Sink) -> Callable[[], None]:
        """Tell ``sink`` all that is heard, from here and from others, until the returned call."""
        self._sinks = (*self._sinks, sink)
        self._started.wait(STOP_SECONDS)
        if self._link is not None:
            asyncio.run_coroutine_threadsafe(self._link.listen(), self._loop)
        return lambda: self._forget(sink)

    def state(self) -> State:
        """Say how the wire to the others is; until the first try has failed it counts as up.

        A node that works alone has none, so its listeners ask the log as often as they must.
        """
        self._started.wait(STOP_SECONDS)
        found = self._link.state if self._link else State.DOWN
        return State.DOWN if found is State.UP and coordination.is_alone() else found

    def stop(self) -> None:
        """End the thread and close its connections."""
        self._stopping = True
        self._wake()
        self._thread.join(STOP_SECONDS)

    def _forget(self, sink: Sink) -> None:
        self._sinks = tuple(other for other in self._sinks if other is not sink)

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: we are stopping
            self._loop.call_soon_threadsafe(self._work.set)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._started.set()
            self._loop.close()

    async def _serve(self) -> None:
        self._link = Link(self._received)
        self._started.set()
        keeper = asyncio.create_task(self._link.keep())
        try:
            while True:
                await self._work.wait()
                self._work.clear()
                await self._tell_all()
                if self._stopping:
                    return
                await asyncio.sleep(REST_SECONDS)
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _tell_all(self) -> None:
        """Tell what is waiting: listeners of this process first, they need no wire."""
        self._called = False
        news = self._fetched()
        for item in news:
            self._tell_here(item)
        for item in news:
            await self._tell_others(item)

    def _fetched(self) -> list[Bell | Notice]:
        events: list[Event] = []
        notices: list[Notice] = []
        while self._inbox:
            item = self._inbox.popleft()
            if isinstance(item, Notice):
                notices.append(item)
            else:
                events.extend(item)
        metrics.EVENTS_PUBLISHED.inc(len(events))
        return [*bells(events), *notices]

    def _tell_here(self, item: Bell | Notice) -> None:
        for sink in self._sinks:
            try:
                sink(item)
            except Exception:
                logger.exception("bus.sink_failed")

    async def _tell_others(self, item: Bell | Notice) -> None:
        if self._link is not None and self._link.state is State.UP and not coordination.is_alone():
            await self._link.send({**item.packed(), "from": self._name})

    def _received(self, message: Message) -> None:
        """Pass on what others sent; our own has been told already."""
        if message.get("from") == self._name or coordination.is_alone():
            return
        item = unpacked(message)
        if item is not None:
            self._tell_here(item)


_bus: Bus | None = None
_starting = threading.Lock()


def publish(events: Sequence[Event]) -> None:
    """Tell committed events here and everywhere. Never blocks, never raises."""
    try:
        _current().hand_over(events)
    except Exception:  # the change is committed and in the log: its caller must hear of success
        logger.exception("bus.publish_failed")


def tell(topic: str, data: object) -> None:
    """Send a notice to every process, this one included; it is lost where nobody listens."""
    _current().hand_over(Notice(topic, data))


def listen(sink: Sink) -> Callable[[], None]:
    """Pass all that is heard to ``sink``, in the bus's thread; returns the call that ends it."""
    return _current().listen(sink)


def state() -> State:
    """Say how the wire to other processes is: up, down, or local when there are none."""
    return _current().state()


def stop() -> None:
    """End this process's bus; its next use starts another."""
    global _bus
    bus, _bus = _bus, None
    if bus is not None and bus.pid == os.getpid():
        bus.stop()


def _current() -> Bus:
    """Return the bus of this process: a thread does not survive a fork, so a child starts its own."""
    global _bus  # noqa: PLW0603
    bus = _bus
    if bus is None or bus.pid != os.getpid():
        with _starting:
            bus = _bus
            if bus is None or bus.pid != os.getpid():
                bus = _bus = Bus()
    return bus


# Daemon threads are frozen wherever they are at exit; this one says goodbye to Redis first.
atexit.register(stop)
