"""Tasks that must not die: restarted when they do, and counted."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from cluster import metrics

logger = logging.getLogger("bellhop.hub")

RESTART_SECONDS = 0.5


class Supervisor:
    """Owns the background tasks of a hub: endless ones are restarted, short ones only held."""

    def __init__(self) -> None:
        self.restarts: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run endless ``work``, and again whenever it ends or fails."""
        self.start(self._kept(name, work))

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run ``work`` once; the loop itself would let a task nobody holds vanish."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self) -> None:
        """End everything."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _kept(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception:
                logger.exception("hub.task_failed", extra={"task": name})
            self.restarts[name] += 1
            metrics.HUB_RESTARTS.labels(name).inc()
            await asyncio.sleep(RESTART_SECONDS)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            logger.error("hub.task_failed", exc_info=problem)
