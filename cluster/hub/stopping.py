"""A last word to the sockets before this process goes out of service.

Each event loop with sockets leaves the way to say it with ``before_stop``; whoever drains the
process calls ``say_goodbye`` from a thread of its own, and ``stay`` if it is to serve on after all.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from typing import Any

logger = logging.getLogger("bellhop.hub")

Goodbye = Callable[[bool], Coroutine[Any, Any, None]]
"""Sees every socket of a loop off; all at once when told to hurry, else each at a moment of its own."""

_goodbyes: list[tuple[asyncio.AbstractEventLoop, Goodbye]] = []
_leaving = False


def before_stop(goodbye: Goodbye) -> None:
    """Let ``goodbye`` be said on the running event loop when this process goes out of service."""
    _goodbyes.append((asyncio.get_running_loop(), goodbye))


def leaving() -> bool:
    """Say whether new sockets are to be sent elsewhere."""
    return _leaving


def say_goodbye(seconds: float, *, hurried: bool = False) -> None:
    """See all sockets off, and return when that is done or the time is over; never from an event loop."""
    global _leaving  # noqa: PLW0603
    _leaving = True
    deadline = time.monotonic() + seconds
    _goodbyes[:] = [pair for pair in _goodbyes if not pair[0].is_closed()]
    said = [_begun(loop, goodbye, hurried=hurried) for loop, goodbye in _goodbyes if loop.is_running()]
    for one in said:
        try:
            one.result(max(0.0, deadline - time.monotonic()))
        except TookTooLong:
            logger.warning("hub.goodbye_unfinished")


def stay() -> None:
    """Let new sockets in again."""
    global _leaving  # noqa: PLW0603
    _leaving = False


def _begun(loop: asyncio.AbstractEventLoop, goodbye: Goodbye, *, hurried: bool) -> Future[None]:
    return asyncio.run_coroutine_threadsafe(goodbye(hurried), loop)
