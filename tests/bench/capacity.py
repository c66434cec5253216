"""`python -m tests.bench.capacity [--short] [--json]`: what one machine carries, for docs/capacity.md.

Absolute numbers, unlike the rest of the bench: CPU milliseconds a call costs each part of the house, memory,
and what a request leaves on the disk. They are this machine's; the processor is named beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import statistics
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import psycopg
from rich.console import Console
from rich.table import Table

from tests.bench import stage
from tests.bench.crowd import Crowd, subscription
from tests.bench.http import Contestant, of_ours
from tests.bench.load import Call, hammer
from tests.bench.processes import Running, node, serving
from tests.bench.sockets import FIRST_SOCKETS, ROOM, SOCKETS, allow_open_files, hired
from tests.bench.stage import SMALL, Stage

HISTORY, SHORT_HISTORY = 200_000, 20_000
LEAST_BYTES = 20
PARTS = ("node", "PostgreSQL", "Redis")
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number: what, of which part, how much, in which unit, and its spread."""

    what: str
    part: str
    value: float
    unit: str
    lowest: float
    highest: float


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.capacity", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer rounds and a shorter history")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    rounds, seconds, rows = (2, 1.0, SHORT_HISTORY) if asked.short else (5, 3.0, HISTORY)
    with stage.set_up() as ground:
        figures = [*_disk(ground, rows), *_calls(ground, rounds, seconds), *_sockets(ground, rounds)]
    machine = f"{_processor()}, Python {platform.python_version()}"
    if asked.json:
        dicts = [{name: getattr(it, name) for name in Figure.__slots__} for it in figures]
        print(json.dumps({"machine": machine, "figures": dicts}))
    else:
        _show(machine, figures)
    return 0


def _processor() -> str:
    said = Path("/proc/cpuinfo")
    lines = said.read_text().splitlines() if said.exists() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if "model name" in line), platform.machine()
    )


def _show(machine: str, figures: list[Figure]) -> None:
    table = Table("what", "of", "", "unit", "spread", title=machine)
    for it in figures:
        table.add_row(it.what, it.part, f"{it.value:,.2f}", it.unit, f"{it.lowest:,.2f}–{it.highest:,.2f}")
    Console(width=130).print(table)


def _figure(what: str, part: str, found: list[float], unit: str) -> Figure:
    return Figure(what, part, statistics.median(found), unit, min(found), max(found))


# --- the disk ---------------------------------------------------------------------------------


def _disk(ground: Stage, rows: int) -> Iterator[Figure]:
    """Fill a database with histories, and say what a request weighs with its indexes."""
    empty = _size(ground, 1)
    stage.fill(ground, rows)
    for table, size in _tables(ground, rows).items():
        if size / rows >= LEAST_BYTES:
            yield _figure(f"of it {table}", "PostgreSQL", [size / rows], "bytes a request")
    whole = (_size(ground, rows) - empty) / rows
    yield _figure("a request with its history", "PostgreSQL", [whole], "bytes a request")


def _size(ground: Stage, rows: int) -> int:
    name = stage.name_of(rows) if rows > 1 else "template1"
    with psycopg.connect(ground.database, autocommit=True) as admin:
        row = admin.execute("SELECT pg_database_size(%s)", (name,)).fetchone()
    assert row
    return int(row[0])


def _tables(ground: Stage, rows: int) -> Mapping[str, int]:
    sizes = "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables ORDER BY 2 DESC"
    with psycopg.connect(ground.environment(rows)["DATABASE_URL"]) as connection:
        return {str(name): int(size) for name, size in connection.execute(sizes)}


# --- calls ------------------------------------------------------------------------------------


def _calls(ground: Stage, rounds: int, seconds: float) -> Iterator[Figure]:
    """Ask one web node for each kind of call, and say what it costs the node and what stands behind it."""
    ground.logins["lan"] = str(stage.fill(ground, SMALL)["token"])
    with ExitStack() as servers:
        uncached = {"CACHING_ENABLED": "false", "INSTANCE_ID": "uncached"}
        plain, other = (
            _web(ground, servers, name, more) for name, more in (("kept", {}), ("unkept", uncached))
        )
        yield _figure("at rest", "web node", [plain.server.private_bytes() / MEGABYTE], "MB")
        for what, contestant, call in _kinds(plain, other):
            hammer(contestant.server.port, call, seconds)
            found = [_cost(ground, contestant.server, call, seconds) for _ in range(rounds)]
            for place, part in enumerate(PARTS):
                yield _figure(what, part, [costs[place] for costs in found], "ms of CPU")
            yield _figure(
                what, "one core of a web node", [1e3 / costs[0] for costs in found], "calls a second"
            )
        yield _figure("after all that", "web node", [plain.server.private_bytes() / MEGABYTE], "MB")
        yield _figure("an entry of the audit book", "PostgreSQL", [_entry(ground)], "bytes")


def _entry(ground: Stage) -> float:
    """Return what an entry takes with its indexes, of those that the calls above have written."""
    weighed = (
        "SELECT pg_total_relation_size('security_auditentry')::float / count(*) FROM security_auditentry"
    )
    with psycopg.connect(ground.environment(SMALL)["DATABASE_URL"]) as connection:
        row = connection.execute(weighed).fetchone()
    assert row
    return float(row[0])


def _web(ground: Stage, servers: ExitStack, name: str, more: Mapping[str, str]) -> Contestant:
    environment = {**ground.environment(SMALL), "INSTANCE_ID": name, **more}
    return of_ours(ground, servers.enter_context(serving(name, node("web"), environment, ground.folder)))


def _kinds(kept: Contestant, unkept: Contestant) -> Iterator[tuple[str, Contestant, Call]]:
    newest = httpx.get(f"http://127.0.0.1:{kept.server.port}/api/request", headers=kept.list.headers)
    path = f"/api/request/{newest.json()['data'][0]['id']}"
    yield "list of 20, kept", kept, kept.list
    yield "list of 20, not kept", unkept, unkept.list
    yield "one request", kept, replace(kept.list, path=path)
    yield "statistics", kept, replace(kept.list, path="/api/request/statistics")
    yield "create", kept, kept.create
    words = json.dumps({"content": "Two more, please."})
    yield "message to the guest", kept, Call(f"{path}/messages", "POST", kept.create.headers, words)


def _cost(ground: Stage, server: Running, call: Call, seconds: float) -> list[float]:
    """Return milliseconds of CPU a call: the node's, PostgreSQL's, Redis's."""
    parts = [server, *ground.servers]
    before = [part.cpu_seconds() for part in parts]
    tally = hammer(server.port, call, seconds)
    if tally.bad:
        raise RuntimeError(f"{call.method} {call.path}: {tally.bad} of {tally.answers} answers were not good")
    used = [part.cpu_seconds() - was for part, was in zip(parts, before, strict=True)]
    return [one / tally.answers * 1e3 for one in used]


# --- sockets ----------------------------------------------------------------------------------


def _sockets(ground: Stage, rounds: int) -> Iterator[Figure]:
    """Fill a live node with sockets, and say what they weigh and what an event to them costs."""
    allow_open_files()
    environment = ground.environment(SMALL)
    with serving("live", node("live"), environment, ground.folder) as live:
        yield _figure("at rest", "live node", [live.private_bytes() / MEGABYTE], "MB")
        weight, delivered = asyncio.run(_heard(environment, live, rounds))
    yield _figure("1,000 sockets", "live node", [weight], "MB")
    yield _figure("an event to 1,000 sockets", "live node", delivered, "ms of CPU")


async def _heard(environment: dict[str, str], live: Running, rounds: int) -> tuple[float, list[float]]:
    publisher = await hired(environment)
    crowd = Crowd(live.port, "/ws/events", await publisher.headers(SOCKETS), subscription(ROOM))
    try:
        await crowd.come(FIRST_SOCKETS)
        before = live.private_bytes()
        await crowd.come(SOCKETS)
        weight = (live.private_bytes() - before) / (SOCKETS - FIRST_SOCKETS) * 1000 / MEGABYTE
        found = []
        for _ in range(rounds + 1):
            spent, begun = live.cpu_seconds(), crowd.heard.number
            for sent in range(1, EVENTS + 1):
                await publisher.ask("create")
                await crowd.hear(begun + sent * SOCKETS)
            found.append((live.cpu_seconds() - spent) / EVENTS / SOCKETS * 1000 * 1e3)
        return weight, found[1:]
    finally:
        crowd.go()
        await publisher.leave()


EVENTS = 50

if __name__ == "__main__":
    sys.exit(main())
