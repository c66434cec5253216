"""Colleagues who open, edit and move requests of their own, at a steady pace."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from requests_app.drill.calls import Answer
from requests_app.drill.journal import Write
from requests_app.drill.load.counted import Counted

INSIST_SECONDS, PAUSE_SECONDS = 15.0, 0.1
MOST_OPEN = 20
NEXT = {"pending": "in-progress", "in-progress": "completed"}


@dataclass(slots=True)
class Mine:
    """A request of the writer's: as it knows it to be."""

    request_id: int
    version: int
    status: str
    marker: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """News for readers: this write is done."""

    write: Write
    created_at: datetime
    pressing: bool


@dataclass(slots=True)
class Writer:
    """One colleague. Half of the calls carry an Idempotency-Key and are repeated until answered."""

    name: str
    door: Counted
    random: Random
    every_seconds: float
    tell: Callable[[Acknowledged], None]
    mine: list[Mine] = field(default_factory=list)
    count: int = 0

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            began = time.monotonic()
            await self._step()
            rest = self.every_seconds * self.random.uniform(0.8, 1.2) - (time.monotonic() - began)
            await asyncio.sleep(max(0.001, rest))

    async def _step(self) -> None:
        if not self.mine or (len(self.mine) < MOST_OPEN and self.random.random() < 0.6):
            await self._create()
        elif self.random.random() < 0.5:
            await self._move(self.random.choice(self.mine))
        else:
            await self._edit(self.random.choice(self.mine))

    async def _create(self) -> None:
        self.count += 1
        pressing = self.random.random() < 0.1
        write = self._write("create", f"{self.name}-{self.count}")
        body = {
            "requestText": write.marker,
            "roomNumber": "101",
            "serviceType": "general",
            "priority": "high" if pressing else "medium",
        }
        if answer := await self._insist(write, "POST", "/api/request", body):
            mine = Mine(answer.data["id"], answer.data["version"], answer.data["status"], write.marker)
            if not pressing:  # those stay open, so that the list of the urgent must show them
                self.mine.append(mine)
            self._acknowledged(write, answer, pressing=pressing)

    async def _move(self, mine: Mine) -> None:
        status = NEXT[mine.status]
        write = self._write("status", mine.marker, ("status", status))
        body = {"status": status, "version": mine.version}
        await self._change(mine, write, f"/api/request/{mine.request_id}/status", body)

    async def _edit(self, mine: Mine) -> None:
        self.count += 1
        text = f"edit {self.count}"
        write = self._write("edit", mine.marker, ("description", text))
        await self._change(
            mine, write, f"/api/request/{mine.request_id}", {"description": text, "version": mine.version}
        )

    async def _change(self, mine: Mine, write: Write, path: str, body: dict[str, object]) -> None:
        answer = await self._insist(write, "PATCH", path, body)
        if answer is None:
            self.mine.remove(mine)  # whether it was done is not known here: the checker will see
            return
        mine.version, mine.status = answer.data["version"], answer.data["status"]
        if mine.status not in NEXT:
            self.mine.remove(mine)
        self._acknowledged(write, answer)

    def _write(self, kind: str, marker: str, wrote: tuple[str, str] = ("", "")) -> Write:
        key = secrets.token_hex(12) if self.random.random() < 0.5 else ""
        write = Write(kind, marker, key, wrote=wrote)
        self.door.journal.writes.append(write)
        return write

    async def _insist(self, write: Write, method: str, path: str, body: object) -> Answer | None:
        """Return the success; with a key, ask again while there is only trouble. None: not known."""
        deadline = time.monotonic() + INSIST_SECONDS
        headers = {"Idempotency-Key": write.key} if write.key else {}
        while True:
            write.calls += 1
            answer = await self.door.call(method, path, body, headers=headers)
            if answer is not None and answer.status < 500:
                return answer if answer.status < 400 else None
            if not write.key or time.monotonic() > deadline:
                return None
            await asyncio.sleep(PAUSE_SECONDS)

    def _acknowledged(self, write: Write, answer: Answer, *, pressing: bool = False) -> None:
        write.request_id, write.version = answer.data["id"], answer.data["version"]
        write.acked = answer.ended
        self.tell(Acknowledged(write, datetime.fromisoformat(answer.data["createdAt"]), pressing))
