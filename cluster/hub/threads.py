"""The database from an event loop: short questions in a few threads of our own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

THREADS = 2
"""As few as do not stand behind one slow question: each more is one more beside whom the loop has to wait."""

Answer = TypeVar("Answer")


class Threads:
    """A small pool, so that a slow question of one socket does not hold up every other's."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="bellhop-hub")

    async def run(self, ask: Callable[[], Answer]) -> Answer:
        """Return what ``ask`` returns, asked in a thread with a connection that is not stale."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _asked, ask)

    def close(self) -> None:
        """Let the threads end; questions still waiting are not asked."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _asked(ask: Callable[[], Answer]) -> Answer:
    close_old_connections()
    try:
        return ask()
    finally:
        close_old_connections()
