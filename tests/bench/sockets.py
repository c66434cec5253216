"""One event to 3,000 sockets, and what a socket weighs: ours, and a bare `websockets` broadcast."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from random import Random

from tests.bench.crowd import Crowd, subscription
from tests.bench.processes import ROOT, Running, node, serving
from tests.bench.stage import SMALL, Stage
from tests.bench.turns import Result, ratio

SOCKETS, FIRST_SOCKETS, SOCKETS_PER_KEY = 3000, 200, 10
OPEN_FILES = 16_384
WINDOW = 2
SETTLE_SECONDS = 1.0
AIM, AIM_OF_MEMORY = 0.7, 2.5
ROOM = "property:demo-hotel"
UNIT = "deliveries per CPU second"


class Publisher:
    """The process that makes the news, so that its work is nobody's server time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin
        assert process.stdout
        self.process, self._in, self._out = process, process.stdin, process.stdout

    async def ask(self, word: str) -> object:
        """Return its answer to one line."""
        self._in.write(f"{word}\n".encode())
        line = await self._out.readline()
        if not line:
            raise RuntimeError("the publisher died")
        return json.loads(line)

    async def headers(self, sockets: int) -> list[str]:
        """Return the credentials of so many sockets, ten to an Api-Key."""
        keys = await self.ask(f"keys {-(-sockets // SOCKETS_PER_KEY)}")
        assert isinstance(keys, list)
        return [f"Authorization: Api-Key {key}" for key in keys]

    async def leave(self) -> None:
        """End the process."""
        self.process.kill()
        await self.process.wait()


def measure(stage: Stage, rounds: int, seconds: float) -> Iterator[Result]:
    """Compare the weight of a socket, then the fan-out."""
    allow_open_files()
    environment = stage.environment(SMALL)
    bare = [sys.executable, "-m", "tests.bench.baseline.broadcast", "{port}"]
    with (
        serving("bellhop live", node("live"), environment, stage.folder) as ours,
        serving("bare websockets", bare, environment, stage.folder) as theirs,
    ):
        weights, found = asyncio.run(_fanned_out(environment, ours, theirs, rounds, seconds))
    yield ratio(
        f"memory of a socket at {SOCKETS:,} / bare",
        *weights,
        aim=AIM_OF_MEMORY,
        at_least=False,
        unit="private kB a socket",
    )
    yield ratio(f"one event to {SOCKETS:,} sockets / bare", *found, aim=AIM, at_least=True, unit=UNIT)


def allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < OPEN_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, hard), hard))


Measures = tuple[list[float], list[float]]
"""Ours and theirs."""


async def _fanned_out(
    environment: dict[str, str], ours: Running, theirs: Running, rounds: int, seconds: float
) -> tuple[Measures, Measures]:
    crowds = []
    publisher = await hired(environment)
    try:
        staff = Crowd(ours.port, "/ws/events", await publisher.headers(SOCKETS), subscription(ROOM))
        crowds = [staff, Crowd(theirs.port)]
        await publisher.ask("frame")
        heavy, light = [await _weight(*pair) for pair in zip(crowds, (ours, theirs), strict=True)]
        found = await _in_turns(publisher, crowds, (ours, theirs), rounds, seconds)
        return ([heavy], [light]), found
    finally:
        for crowd in crowds:
            crowd.go()
        await publisher.leave()


async def hired(environment: dict[str, str]) -> Publisher:
    """Return a publisher at work."""
    return Publisher(
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.publisher"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, **environment},
            limit=2**20,
        )
    )


async def _weight(crowd: Crowd, server: Running) -> float:
    """Return what a socket weighs; what the first ones only cause to be loaded is not counted."""
    await crowd.come(FIRST_SOCKETS)
    before = server.private_bytes()
    await crowd.come(SOCKETS)
    await asyncio.sleep(SETTLE_SECONDS)  # whatever a handshake leaves behind is given back by then
    return (server.private_bytes() - before) / (SOCKETS - FIRST_SOCKETS) / 1000


async def _in_turns(
    publisher: Publisher, crowds: list[Crowd], servers: tuple[Running, Running], rounds: int, seconds: float
) -> Measures:
    found: Measures = [], []
    turns = list(zip(("create", "publish"), crowds, servers, found, strict=True))
    random = Random(1)
    for place in range(rounds + 1):
        random.shuffle(turns)
        for word, crowd, server, measured in turns:
            delivered = await _per_cpu_second(publisher, word, crowd, server, seconds)
            if place:  # the first round warms up
                measured.append(delivered)
    return found


async def _per_cpu_second(
    publisher: Publisher, word: str, crowd: Crowd, server: Running, seconds: float
) -> float:
    """Keep ``WINDOW`` events under way for a while; return what a CPU second of the server delivers."""
    size, begun, sent = len(crowd.clients), crowd.heard.number, 0
    before, until = server.cpu_seconds(), time.monotonic() + seconds
    while time.monotonic() < until:
        await publisher.ask(word)
        sent += 1
        await crowd.hear(begun + (sent - WINDOW + 1) * size)
    await crowd.hear(begun + sent * size)
    return sent * size / (server.cpu_seconds() - before)
