"""Colleagues who look right after something was acknowledged, by the balancer or by any node."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from requests_app.drill.calls import Answer
from requests_app.drill.journal import Read
from requests_app.drill.load.counted import Counted, cursor
from requests_app.drill.load.writers import Acknowledged

PAGE = 100
NEWS_KEPT = 50
KINDS = ("detail", "list", "urgent", "statistics")


@dataclass(slots=True)
class News:
    """What was acknowledged lately; the oldest is forgotten where nobody reads fast enough."""

    latest: deque[Acknowledged] = field(default_factory=lambda: deque(maxlen=NEWS_KEPT))
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, acknowledged: Acknowledged) -> None:
        """Wake the readers."""
        self.latest.append(acknowledged)
        self.rung.set()

    async def wait(self) -> Acknowledged:
        """Return something acknowledged just now."""
        while not self.latest:
            self.rung.clear()
            await self.rung.wait()
        return self.latest.pop()


@dataclass(slots=True)
class Reader:
    """One colleague who reads by several ways."""

    doors: Sequence[Counted]
    random: Random
    news: News
    every_seconds: float

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            await self.read(await self.news.wait(), self.random.choice(KINDS), self.random.choice(self.doors))
            await asyncio.sleep(self.every_seconds * self.random.uniform(0.5, 1.5))

    async def read(self, about: Acknowledged, kind: str, door: Counted) -> None:
        """Ask one question and write down what the answer shows of what we know."""
        path, query = _question(kind, about)
        began = time.monotonic()
        answer = await door.call("GET", path, query=query)
        if answer is None or answer.status not in (200, 404):
            return
        read = Read(kind, door.way, began, cursor(answer))
        if kind == "statistics":
            read = Read(kind, door.way, began, read.cursor, total=answer.data["total"])
        else:
            rows = _rows(answer)
            versions = {row["id"]: row["version"] for row in rows}
            read = Read(kind, door.way, began, read.cursor, versions, _must_show(kind, about, rows))
        door.journal.reads.append(read)


def _question(kind: str, about: Acknowledged) -> tuple[str, dict[str, object]]:
    if kind == "detail":
        return f"/api/request/{about.write.request_id}", {}
    if kind == "statistics":
        return "/api/request/statistics", {}
    return "/api/request/urgent" if kind == "urgent" else "/api/request", {"limit": PAGE}


def _rows(answer: Answer) -> list[dict[str, Any]]:
    data = answer.data
    return data if isinstance(data, list) else [data] if data else []


def _must_show(kind: str, about: Acknowledged, rows: list[dict[str, Any]]) -> tuple[int, ...]:
    """Return the request's id unless it may rightly be on another page, or not among the urgent."""
    request_id = about.write.request_id
    assert request_id is not None
    if kind == "urgent":
        return (request_id,) if about.pressing and len(rows) < PAGE else ()
    if kind == "list" and len(rows) == PAGE:
        oldest = datetime.fromisoformat(rows[-1]["createdAt"])
        return (request_id,) if oldest < about.created_at else ()
    return (request_id,)
