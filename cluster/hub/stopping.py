"""A last word to the sockets before the server stops.

An ASGI server closes its sockets first and tells the application afterwards, so the application
has to hear the signal itself. Where the server left the signal alone, nothing is done.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)
GOODBYE_SECONDS = 2.0

Handler = Callable[[int, FrameType | None], object]


def before_stop(goodbye: Callable[[], Awaitable[None]]) -> None:
    """On the first SIGTERM or SIGINT, run ``goodbye`` for at most two seconds, then let the server stop."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        servers = signal.getsignal(number)
        if callable(servers) and servers is not signal.default_int_handler:
            signal.signal(number, _polite(servers, goodbye, loop))


def _polite(
    servers: Handler, goodbye: Callable[[], Awaitable[None]], loop: asyncio.AbstractEventLoop
) -> Handler:
    leaving: list[asyncio.Task[None]] = []

    async def leave(number: int) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await goodbye()
        servers(number, None)

    def handle(number: int, frame: FrameType | None) -> None:
        if leaving or not loop.is_running():  # a second signal means now
            servers(number, frame)
        else:
            loop.call_soon_threadsafe(lambda: leaving.append(loop.create_task(leave(number))))

    return handle
