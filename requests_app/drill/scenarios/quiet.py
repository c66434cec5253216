"""Nothing happens at all, except the hotel's day: a thousand screens, steady writes."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from requests_app.drill.checks import timing
from requests_app.drill.journal import Aftermath, Journal, Position
from requests_app.drill.load.crew import Crew, Rates
from requests_app.drill.load.crowd import Crowd
from requests_app.drill.measures import Measure, always, at_least, at_most, no_calls, none, told
from requests_app.drill.scenarios.scenario import Scenario
from requests_app.drill.stage import Stage

GENTLE = Rates(writers=2, writes_every=0.4, readers=1, reads_every=0.5, ears_per_node=1, ears_at_balancer=1)
IDLE_SECONDS, TIMES_BARE = 0.100, 1.5
BARE_EVERY = 0.2
CATCH_UP_SECONDS = 10.0
PROJECT = Path(__file__).resolve().parents[3]


async def quiet(stage: Stage) -> list[Measure]:
    """Measure from acknowledgement to every screen; then the same with a bare broadcast."""
    crew = stage.crew(GENTLE)
    async with crew.at_work() as journal:
        crowd = await gathered(crew, stage.lengths.crowd, [stage.place.url])
        size = len(crowd.members)
        began = time.monotonic()
        await asyncio.sleep(stage.lengths.broadcast)
        ended = time.monotonic()
        absent = crowd.refused()
        await crowd.catch_up(max(ear.last_seq for ear in journal.ears), CATCH_UP_SECONDS)
    crowd.go()
    late = lateness(crowd, journal, crew.after, began, ended)
    ours = timing.percentile(late, 0.99)
    bare = timing.percentile(await bare_broadcast(stage, size, crowd.octets // max(1, len(crowd.came))), 0.99)
    limit = max(IDLE_SECONDS, TIMES_BARE * bare)
    return [
        at_least("sockets", size - len(absent), stage.lengths.crowd),
        none("sockets refused or lost", absent),
        at_least("deliveries measured", len(late), stage.lengths.crowd),
        at_most("commit to socket, p99", ours, limit),
        told("commit to socket, median", timing.percentile(late, 0.5)),
        told("bare broadcast in this run, p99", bare),
        none("events missed by the crowd", ["one"] * crowd.missed),
        none("events doubled for the crowd", ["one"] * crowd.doubled),
        no_calls("failed calls", [call for call in journal.calls if call.failed]),
        *always(journal, crew.after),
    ]


async def gathered(crew: Crew, number: int, urls: Sequence[str], *, slow: bool = False) -> Crowd:
    """Return a crowd at some addresses, from now on, spread over the cast."""
    ear, people = crew.journal.ears[0], crew.people
    assert ear.start is not None
    tokens = [people.lan, people.hoa, people.minh]
    crowd = Crowd(urls, tokens, Position(ear.start.epoch, ear.last_seq))
    await crowd.come(number, slow=slow)
    return crowd


def lateness(crowd: Crowd, journal: Journal, after: Aftermath, began: float, ended: float) -> list[float]:
    """Return how much later than its acknowledgement each event came to each member."""
    acked = {(w.request_id, w.version): w.acked for w in journal.writes if w.acked is not None}
    by_seq = {entry.seq: acked.get((entry.request_id, entry.version)) for entry in after.log}
    known = ((by_seq.get(seq), at) for seq, at in crowd.came)
    return [max(0.0, at - moment) for moment, at in known if moment is not None and began <= moment <= ended]


async def bare_broadcast(stage: Stage, number: int, size: int) -> list[float]:
    """Return how late frames of a bare server came to as many sockets, at a steady pace."""
    async with _bare() as (port, process):
        crowd = Crowd([f"http://127.0.0.1:{port}"], [""], Position("", 0))
        await crowd.come(number)
        assert process.stdin is not None
        sent = dict[int, float]()
        for seq in range(1, int(stage.lengths.broadcast / BARE_EVERY) + 1):
            sent[seq] = time.monotonic()
            process.stdin.write(f"{seq} {max(100, size)}\n".encode())
            await asyncio.sleep(BARE_EVERY)
        await crowd.catch_up(max(sent), CATCH_UP_SECONDS)
        crowd.go()
    return [at - sent[seq] for seq, at in crowd.came]


@asynccontextmanager
async def _bare() -> AsyncIterator[tuple[int, asyncio.subprocess.Process]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "requests_app.drill.bare",
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield int(await asyncio.wait_for(process.stdout.readline(), 20)), process
    finally:
        process.kill()
        await process.wait()


SCENARIOS = (
    Scenario(
        "quiet",
        "nothing at all, 1,000 sockets, steady writes: commit to socket p99 ≤100 ms on an idle machine,"
        " else ≤1.5 times a bare broadcast in the same run",
        quiet,
        in_short=False,  # a time in milliseconds means nothing on a machine that may be busy
    ),
)
