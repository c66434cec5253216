"""One event to a thousand sockets: ours, and a bare `websockets` broadcast of the same frame."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Iterator
from random import Random

from tests.bench.crowd import Crowd, subscription
from tests.bench.processes import ROOT, Running, serving
from tests.bench.stage import SMALL, Stage
from tests.bench.turns import Result, ratio

SOCKETS, SOCKETS_PER_KEY = 1000, 10
OPEN_FILES = 8192
WINDOW = 2
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


def measure(stage: Stage, rounds: int, seconds: float) -> Iterator[Result]:
    """Compare the fan-out."""
    _allow_open_files()
    environment = stage.environment(SMALL)
    serve = [sys.executable, "manage.py", "serve", "--port", "{port}"]
    bare = [sys.executable, "-m", "tests.bench.baseline.broadcast", "{port}"]
    with (
        serving("bellhop live", serve, environment, stage.folder) as ours,
        serving("bare websockets", bare, environment, stage.folder) as theirs,
    ):
        found = asyncio.run(_fanned_out(environment, ours, theirs, rounds, seconds))
    yield ratio(f"one event to {SOCKETS:,} sockets / bare", *found, aim=0.6, at_least=True, unit=UNIT)


def _allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < OPEN_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, hard), hard))


async def _fanned_out(
    environment: dict[str, str], ours: Running, theirs: Running, rounds: int, seconds: float
) -> tuple[list[float], list[float]]:
    publisher = Publisher(
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.publisher"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env=environment,
            limit=2**20,
        )
    )
    crowds = []
    try:
        keys = await publisher.ask(f"keys {SOCKETS // SOCKETS_PER_KEY}")
        assert isinstance(keys, list)
        await publisher.ask("frame")
        headers = [f"Authorization: Api-Key {key}" for key in keys]
        staff = Crowd(ours.port, "/ws/events", headers, subscription("property:demo-hotel"))
        crowds = [staff, Crowd(theirs.port)]
        for crowd in crowds:
            await crowd.come(SOCKETS)
        return await _in_turns(publisher, crowds, (ours, theirs), rounds, seconds)
    finally:
        for crowd in crowds:
            crowd.go()
        publisher.process.kill()
        await publisher.process.wait()


async def _in_turns(
    publisher: Publisher, crowds: list[Crowd], servers: tuple[Running, Running], rounds: int, seconds: float
) -> tuple[list[float], list[float]]:
    found: tuple[list[float], list[float]] = [], []
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
