"""What many add to one: listeners to the cost of a write, a second web node to the cost of a call."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from tests.bench.crowd import Crowd, subscription
from tests.bench.http import UNIT, Contestant, of_ours
from tests.bench.load import hammer
from tests.bench.processes import Running, node, serving
from tests.bench.sockets import ROOM, allow_open_files, hired
from tests.bench.stage import SMALL, Stage
from tests.bench.turns import Result, in_turns, ratio

LISTENERS = (0, 100, 1000)
WRITES_A_SECOND = 20.0
AIM_OF_LISTENERS, AIM_OF_NODES = 1.2, 0.9


def measure(stage: Stage, rounds: int, seconds: float) -> Iterator[Result]:
    """Compare a write with and without listeners, then two nodes with one."""
    allow_open_files()
    with ExitStack() as servers:
        one, other, live = (
            _start(stage, servers, name, role)
            for name, role in (("web-1", "web"), ("web-2", "web"), ("live-1", "live"))
        )
        nodes = of_ours(stage, one), of_ours(stage, other)
        found = asyncio.run(_heard_by(stage, nodes[0], live, rounds, 2 * seconds))
        for number in LISTENERS[1:]:
            name = f"a write heard by {number:,} / by nobody"
            unit = "ms of the web node a write"
            yield ratio(name, found[number], found[0], aim=AIM_OF_LISTENERS, at_least=False, unit=unit)
        yield from _two_or_one(nodes, rounds, seconds)


def _start(stage: Stage, servers: ExitStack, name: str, role: str) -> Running:
    environment = stage.environment(SMALL) | {"INSTANCE_ID": name}
    return servers.enter_context(serving(name, node(role), environment, stage.folder))


async def _heard_by(
    stage: Stage, web: Contestant, live: Running, rounds: int, seconds: float
) -> dict[int, list[float]]:
    """Write at a steady rate while nobody, some and many listen on another node."""
    found: dict[int, list[float]] = {number: [] for number in LISTENERS}
    publisher = await hired(stage.environment(SMALL))
    try:
        headers = await publisher.headers(max(LISTENERS))
    finally:
        await publisher.leave()
    await asyncio.to_thread(_milliseconds, web, seconds)  # warms up
    for _ in range(rounds):
        crowd = Crowd(live.port, "/ws/events", headers, subscription(ROOM))
        try:
            for number in LISTENERS:
                await crowd.come(number)
                found[number].append(await asyncio.to_thread(_milliseconds, web, seconds))
        finally:
            crowd.go()
    return found


def _milliseconds(web: Contestant, seconds: float) -> float:
    """Return what a write costs the web node, its own ticking included."""
    before = web.server.cpu_seconds()
    tally = hammer(web.server.port, web.create, seconds, rate=WRITES_A_SECOND)
    if tally.bad:
        raise RuntimeError(f"{tally.bad} of {tally.answers} writes failed")
    return (web.server.cpu_seconds() - before) / tally.answers * 1e3


def _two_or_one(nodes: tuple[Contestant, Contestant], rounds: int, seconds: float) -> Iterator[Result]:
    for what in ("list", "create"):
        turns = {
            "two": lambda what=what: _both(nodes, what, seconds),
            "one": lambda what=what: nodes[0].per_cpu_second(getattr(nodes[0], what), seconds),
        }
        found = in_turns(turns, rounds)
        name = f"{what}: two web nodes / one"
        yield ratio(name, found["two"], found["one"], aim=AIM_OF_NODES, at_least=True, unit=UNIT)


def _both(nodes: tuple[Contestant, Contestant], what: str, seconds: float) -> float:
    """Return how many answers two nodes, asked at once, give for a second of CPU."""
    with ThreadPoolExecutor(len(nodes)) as threads:
        rates = [*threads.map(lambda one: one.per_cpu_second(getattr(one, what), seconds), nodes)]
    return len(rates) / sum(1 / rate for rate in rates)
