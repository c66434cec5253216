"""Screens: sockets that come back by themselves and ask for what they missed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from requests_app.drill.journal import Ear, Heard, Position, Session
from requests_app.drill.place import SLUG
from requests_app.drill.wires import NotOpened, Wire, open_wire

SILENCE_SECONDS = 25.0  # two and a half heartbeats
SUBSCRIBE_SECONDS = 5.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
FINAL = (4400, 4401, 4403, 4404)
HEARTBEAT = '{"t":"hb"}'

Frame = dict[str, Any]


@dataclass(slots=True)
class Listener:
    """One client. It goes round its addresses until one lets it in."""

    ear: Ear
    urls: Sequence[str]
    token: str
    random: Random
    turn: int = 0
    after_seconds: float = 0.0

    async def run(self) -> None:
        """Listen until cancelled, or sent away for good."""
        pause = SHORTEST_PAUSE
        while True:
            sessions = len(self.ear.sessions)
            try:
                code = await self._stay()
            except NotOpened:
                code = 0
            if code in FINAL:
                self.ear.refusals.append(f"was sent away with {code}")
                return
            came_in = len(self.ear.sessions) > sessions
            pause = SHORTEST_PAUSE if came_in else min(LONGEST_PAUSE, pause * 2)
            self.turn += 1
            wait, self.after_seconds = self.after_seconds or pause * self.random.uniform(0.5, 1), 0.0
            await asyncio.sleep(wait)

    async def _stay(self) -> int:
        """Connect, ask for everything since the last event, listen to the end; return the close code."""
        frames: asyncio.Queue[Frame | int] = asyncio.Queue()
        wire = await open_wire(
            self.urls[self.turn % len(self.urls)],
            self.token,
            lambda payload: self._take(payload, frames),
            frames.put_nowait,
        )
        try:
            await self._expect("hello", frames)
            wire.say(self._subscription())
            self._subscribed(await self._expect("subbed", frames))
            return await self._listen(wire, frames)
        except (TimeoutError, _Gone):
            return 0
        finally:
            wire.hang_up()

    def _take(self, payload: bytes, frames: asyncio.Queue[Frame | int]) -> None:
        """Note an event with the moment it came; queue all else, which is little."""
        now = time.monotonic()
        frame = json.loads(payload)
        if frame["t"] == "ev":
            self.ear.heard.append(heard(frame, now))
        frames.put_nowait({"t": frame["t"]} if frame["t"] == "ev" else frame)

    async def _expect(self, kind: str, frames: asyncio.Queue[Frame | int]) -> Frame:
        async with asyncio.timeout(SUBSCRIBE_SECONDS):
            while True:
                frame = await frames.get()
                if isinstance(frame, int):
                    if frame in FINAL:
                        self.ear.refusals.append(f"was sent away with {frame}")
                    raise _Gone
                if frame["t"] == kind:
                    return frame
                self._note_farewell(frame)

    def _subscription(self) -> str:
        start = self.ear.start
        assert start is not None
        rooms = [f"property:{SLUG}"]
        since = {SLUG: [start.epoch, self.ear.last_seq]}
        return json.dumps({"t": "sub", "id": 1, "rooms": rooms, "since": since})

    def _subscribed(self, frame: Frame) -> None:
        resumed = frame.get("resume", {}).get(SLUG, {})
        if not resumed.get("resumed"):
            self.ear.refusals.append(f"could not resume: {resumed.get('reason') or frame.get('denied')}")
        self.ear.sessions.append(Session(time.monotonic()))

    async def _listen(self, wire: Wire, frames: asyncio.Queue[Frame | int]) -> int:
        while True:
            frame = await self._next(frames)
            if isinstance(frame, int):
                self.ear.sessions[-1].until = time.monotonic()
                self.ear.sessions[-1].code = frame
                return frame
            if frame["t"] == "hb":
                wire.say(HEARTBEAT)
            self._note_farewell(frame)

    async def _next(self, frames: asyncio.Queue[Frame | int]) -> Frame | int:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                return await frames.get()
        except TimeoutError:  # a server that says nothing at all is as good as gone
            return 0

    def _note_farewell(self, frame: Frame) -> None:
        if frame["t"] == "bye":
            self.after_seconds = min(5.0, float(frame.get("after_ms") or 0) / 1000)


class _Gone(Exception):
    """The connection ended before we were in."""


def heard(frame: Frame, at: float) -> Heard:
    """Return what a frame tells; a batch has no id of its own."""
    data = frame["data"]
    return Heard(
        frame["seq"],
        at,
        data.get("id") or 0,
        data.get("version") or 0,
        frame["event"],
        frame.get("instance") or "",
    )


def ear(name: str, start: Position) -> Ear:
    """Return an ear that wants everything after a position."""
    return Ear(name, start)
