"""Managers who look at the cluster's status, one at each node."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from requests_app.drill.journal import Status
from requests_app.drill.load.counted import Counted

EVERY_SECONDS = 0.25


@dataclass(slots=True)
class Watcher:
    """Asks one node again and again."""

    door: Counted

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> Status | None:
        """Ask once; write down what it said."""
        answer = await self.door.call("GET", "/api/cluster-status")
        if answer is None or answer.status != 200:
            return None
        status = read_status(answer.data, self.door.way)
        self.door.journal.statuses.append(status)
        return status


def read_status(data: dict[str, Any], said_by: str) -> Status:
    """Return a status as we keep it."""
    states = {node["instanceId"]: node["status"] for node in data["nodes"]}
    return Status(time.monotonic(), said_by, data["leader"], data["term"], states, data["degraded"])
