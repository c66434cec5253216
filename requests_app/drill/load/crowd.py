"""A thousand screens in one process: each keeps only its place, all keep when what came."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from requests_app.drill.journal import Position
from requests_app.drill.load.patience import until
from requests_app.drill.place import SLUG
from requests_app.drill.wires import NotOpened, Wire, open_wire

AT_A_TIME = 40
COME_SECONDS = 60.0
TRIES, PAUSE_SECONDS = 5, 0.5
EVENT, READY, BEAT = b'{"t":"ev"', b'{"t":"subbed"', b'{"t":"hb"'
SEQ = re.compile(rb'"seq":\s*(\d+)')
RESUMED = re.compile(rb'"resumed":\s*true')


@dataclass(slots=True)
class Member:
    """One screen."""

    crowd: Crowd
    url: str
    token: str
    last: int
    wire: Wire | None = None
    listening: bool = False
    refusal: str = ""

    async def come(self, *, slow: bool = False) -> None:
        """Connect, again where the door stays shut, and ask for everything since the last event."""
        self.listening, self.wire = False, await self._opened(slow=slow)
        if self.wire is None:
            return
        self.refusal = ""
        if self.token:
            since = {SLUG: [self.crowd.start.epoch, self.last]}
            sub = {"t": "sub", "id": 1, "rooms": [f"property:{SLUG}"], "since": since}
            self.wire.say(json.dumps(sub))
        else:
            self.listening = True

    async def _opened(self, *, slow: bool) -> Wire | None:
        why = ""
        for _ in range(TRIES):
            try:
                return await open_wire(self.url, self.token, self._take, self._lost, slow=slow)
            except NotOpened as problem:
                why = str(problem)
            await asyncio.sleep(PAUSE_SECONDS)
        self.refusal = f"not let in: {why}"
        return None

    def _take(self, payload: bytes) -> None:
        if payload.startswith(EVENT):
            found = SEQ.search(payload, 0, 200)
            seq = int(found[1]) if found else 0
            self.crowd.note(seq, self.last, len(payload))
            self.last = max(seq, self.last)
        elif payload.startswith(READY):
            self.listening = bool(RESUMED.search(payload))
            if not self.listening:
                self.refusal = "could not resume"
        elif payload.startswith(BEAT) and self.wire is not None:
            self.wire.say('{"t":"hb"}')

    def _lost(self, code: int) -> None:
        self.listening = False
        self.refusal = f"closed with {code}"

    def go(self) -> None:
        """Hang up."""
        if self.wire is not None:
            self.wire.hang_up()


@dataclass(slots=True)
class Crowd:
    """Screens of one property, all from one position on."""

    urls: Sequence[str]
    tokens: Sequence[str]
    start: Position
    members: list[Member] = field(default_factory=list)
    came: list[tuple[int, float]] = field(default_factory=list)
    missed: int = 0
    doubled: int = 0
    octets: int = 0

    def note(self, seq: int, last: int, size: int) -> None:
        """Write down that an event came, and whether it was the next one."""
        self.came.append((seq, time.monotonic()))
        self.octets += size
        if seq <= last:
            self.doubled += 1
        elif seq > last + 1:
            self.missed += seq - last - 1

    async def come(self, number: int, *, slow: bool = False) -> None:
        """Add members, some at a time, and wait until all listen or are refused."""
        new = [
            Member(self, self.urls[n % len(self.urls)], self.tokens[n % len(self.tokens)], self.start.seq)
            for n in range(number)
        ]
        self.members += new
        for at in range(0, number, AT_A_TIME):
            await asyncio.gather(*(member.come(slow=slow) for member in new[at : at + AT_A_TIME]))
        await until(lambda: all(it.listening or it.refusal for it in new), COME_SECONDS)

    async def come_back(self) -> float:
        """Hang up and come back, all at once; return the seconds until all listen again."""
        self.go()
        await asyncio.sleep(0)
        began = time.monotonic()
        for member in self.members:
            member.refusal = ""
        await asyncio.gather(*(member.come() for member in self.members))
        await until(lambda: all(it.listening or it.refusal for it in self.members), COME_SECONDS)
        return time.monotonic() - began

    async def catch_up(self, head: int, seconds: float) -> None:
        """Wait until everybody has the newest event, but not for ever."""
        await until(lambda: all(it.last >= head for it in self.members), seconds)

    def go_deaf(self) -> None:
        """Stop reading, all of them."""
        for member in self.members:
            if member.wire is not None:
                member.wire.go_deaf()

    def go(self) -> None:
        """Hang up, all of them."""
        for member in self.members:
            member.go()

    def refused(self) -> list[str]:
        """Name those who do not listen, and why."""
        return [f"member {n}: {it.refusal}" for n, it in enumerate(self.members) if not it.listening]

    def behind(self, head: int) -> list[str]:
        """Name those who have not heard everything up to a number."""
        return [f"member {n} has {it.last} of {head}" for n, it in enumerate(self.members) if it.last < head]
