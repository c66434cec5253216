"""The wire to the other processes: one subscription to the channel layer, watched and renewed.

One group for all streams, not one for each: a bell is small, a process drops what nobody here
listens to at a dictionary look-up, and after an outage one subscription is whole again at once,
with no moment in which a stream somebody has just joined is not yet subscribed.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from itertools import count
from typing import Any

from channels import DEFAULT_CHANNEL_LAYER
from channels.layers import InMemoryChannelLayer, channel_layers

from cluster.bus.bells import Message
from cluster.redis import breaker

logger = logging.getLogger("bellhop.bus")

GROUP = "bellhop.bells"
SEND_SECONDS = 0.25
OPEN_SECONDS = 1.0
PROBE_EVERY_SECONDS = 1.0
PROBE_AGAIN_SECONDS = 0.1
FAILURES_BEFORE_RENEWAL = 2
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 1.0
BREAKER_SECONDS = 0.1


class State(StrEnum):
    """How the wire is: ``local`` means that there are no other processes to reach."""

    UP = "up"
    DOWN = "down"
    LOCAL = "local"


class Link:
    """Keeps the wire up for as long as ``keep`` runs; ``send`` uses it while it is up.

    It obeys the process's breaker and has it look when the wire fails. The wire may be down alone:
    a subscription can be lost while Redis answers everybody else.
    """

    def __init__(self, heard: Callable[[Message], None]) -> None:
        self._state = State.UP if crosses_processes() else State.LOCAL
        self._heard = heard
        # It would add a traceback a second to the one line we write about an outage.
        logging.getLogger("channels_redis.pubsub").setLevel(logging.CRITICAL)
        self._layer: Any = None
        self._channel = ""
        self._listening = False
        self._doubt = asyncio.Event()
        self._marks = count(1)
        self._echo: asyncio.Future[int] | None = None

    @property
    def state(self) -> State:
        """Say how the wire is; down for as long as the breaker is not closed."""
        return State.DOWN if self._state is State.UP and not breaker.is_closed() else self._state

    async def send(self, message: Message) -> None:
        """Tell the other processes, or give up after a quarter of a second: the log has it anyway."""
        if self.state is not State.UP or self._layer is None:
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._layer.group_send(GROUP, message)
        except Exception as problem:  # noqa: BLE001 whatever the client library raises: the wire is in doubt
            self._doubted(problem)

    async def listen(self) -> None:
        """Hear the others from now on; until somebody here wants to, their bells are not even fetched."""
        if not self._listening:
            self._listening = True
            if self._layer is not None:
                await self._join(self._layer)

    async def _join(self, layer: Any) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await layer.group_add(GROUP, self._channel)
        except Exception as problem:  # noqa: BLE001 as in send: the watch finds out and renews the wire
            self._doubted(problem)

    async def keep(self) -> None:
        """Hold the wire, renewing it after each loss, until cancelled."""
        wait = FIRST_WAIT_SECONDS
        while self._state is not State.LOCAL:
            await _closed_breaker()
            try:
                async with self._opened():
                    wait = FIRST_WAIT_SECONDS
                    await self._watch()
            except Exception as problem:  # noqa: BLE001 the same: nothing here may end the bus
                self._doubted(problem)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[None]:
        """Subscribe through a layer of our own: one that has failed half-way is not repaired but left."""
        layer = channel_layers.make_backend(DEFAULT_CHANNEL_LAYER)
        receiver: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                self._channel = await layer.new_channel()
                if self._listening:
                    await layer.group_add(GROUP, self._channel)
            receiver = asyncio.create_task(self._receive(layer, self._channel))
            self._layer = layer
            yield
        finally:
            self._layer = None
            await _left(layer, receiver)

    async def _receive(self, layer: Any, channel: str) -> None:
        while True:
            message: Message = await layer.receive(channel)
            if message.get("type") != "echo":
                self._heard(message)
            elif self._echo is not None and not self._echo.done():
                self._echo.set_result(message.get("mark", 0))

    async def _watch(self) -> None:
        """Return when the wire is broken or Redis away: probed each second, since a hang says nothing."""
        failures = 0
        while failures < FAILURES_BEFORE_RENEWAL and breaker.is_closed():
            if await self._echoes():
                failures = 0
                self._trusted()
            else:
                failures += 1
                self._doubted("no echo")
            with suppress(TimeoutError):
                async with asyncio.timeout(PROBE_AGAIN_SECONDS if failures else PROBE_EVERY_SECONDS):
                    self._doubt.clear()
                    await self._doubt.wait()

    async def _echoes(self) -> bool:
        """Say whether a message to ourselves comes back: both directions work."""
        mark = next(self._marks)
        self._echo = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._layer.send(self._channel, {"type": "echo", "mark": mark})
            async with asyncio.timeout(OPEN_SECONDS):
                return await self._echo == mark
        except Exception:  # noqa: BLE001 a wire that can not be asked is a wire that is down
            return False
        finally:
            self._echo = None

    def _trusted(self) -> None:
        if self._state is State.DOWN:
            logger.info("bus.up")
        self._state = State.UP

    def _doubted(self, problem: object) -> None:
        if self._state is State.UP:
            logger.warning("bus.down", extra={"problem": repr(problem)})
        self._state = State.DOWN
        self._doubt.set()
        breaker.doubt()


def crosses_processes() -> bool:
    """Say whether the configured layer reaches any process but this one."""
    configured = channel_layers.configs.get(DEFAULT_CHANNEL_LAYER)
    return bool(configured) and not isinstance(
        channel_layers.make_backend(DEFAULT_CHANNEL_LAYER), InMemoryChannelLayer
    )


async def _closed_breaker() -> None:
    """Wait until Redis may be used: the breaker's own probe finds out."""
    while not breaker.is_closed():  # noqa: ASYNC110 - it opens and closes in threads
        await asyncio.sleep(BREAKER_SECONDS)


async def _left(layer: Any, receiver: asyncio.Task[None] | None) -> None:
    """Leave a layer behind, closing what can be closed."""
    # Flushed first: a receiver that is cancelled while it is subscribed asks a dead Redis to unsubscribe it.
    with suppress(Exception):
        async with asyncio.timeout(SEND_SECONDS):
            await layer.flush()
    if receiver is not None:
        receiver.cancel()
        await asyncio.gather(receiver, return_exceptions=True)
