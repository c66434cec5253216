"""A node falls over, as by a power cut."""

from __future__ import annotations

from random import Random

from requests_app.drill.checks import calls, timing
from requests_app.drill.load.patience import until
from requests_app.drill.measures import Measure, always, at_most, outage
from requests_app.drill.place import Part
from requests_app.drill.scenarios.scenario import Scenario
from requests_app.drill.stage import Stage, newest

PATIENCE, BACK_SECONDS = 9.0, 30.0
PROMISE = (
    "lost node known ≤5 s, new leader ≤4 s, no acknowledged write lost, every client complete after"
    " reconnecting to any node, ≤1 s of failed calls through the balancer"
)


async def kill(stage: Stage, victim: str) -> list[Measure]:
    """Kill one node under load, wait until it is known, start it again."""
    crew = stage.crew()
    async with crew.at_work() as journal:
        await stage.steady()
        led = newest(journal).leader == victim
        broken = await stage.break_("kill", victim)
        await until(lambda: _known(timing.noticed(journal, broken, victim)), PATIENCE)
        await until(lambda: not led or _known(timing.led_anew(journal, broken, victim)), PATIENCE)
        await stage.steady()
        back = await stage.mend("start", victim)
        await until(lambda: newest(journal).states.get(victim) == "up", BACK_SECONDS)
        await stage.steady()
    found = [
        at_most("lost node known after", timing.noticed(journal, broken, victim), 5.0),
        at_most("calls failed for", calls.failing_seconds(journal), 1.0),
        at_most("listeners away at most", timing.reconnected(journal), 5.0),
        at_most("whole again after its start", timing.healed(journal, back, stage.place.names), 10.0),
    ]
    if led:
        found.append(at_most("new leader after", timing.led_anew(journal, broken, victim), 4.0))
    return [*found, *always(journal, crew.after), *outage(journal)]


def _known(seconds: float) -> bool:
    return seconds < float("inf")


async def kill_web(stage: Stage) -> list[Measure]:
    """Kill a node that answers JSON and does not lead."""
    return await kill(stage, await _other(stage, stage.place.web))


async def kill_live(stage: Stage) -> list[Measure]:
    """Kill a node that holds sockets and does not lead."""
    return await kill(stage, await _other(stage, stage.place.live))


async def kill_leader(stage: Stage) -> list[Measure]:
    """Kill whoever leads."""
    return await kill(stage, await stage.leader())


async def _other(stage: Stage, parts: list[Part]) -> str:
    leader = await stage.leader()
    names = [part.name for part in parts if part.name != leader]
    return Random(stage.random.random()).choice(names or [leader])


SCENARIOS = (
    Scenario("kill-web", f"kill -9 of a web node: {PROMISE}", kill_web, in_short=False),
    Scenario("kill-live", f"kill -9 of a live node: {PROMISE}", kill_live),
    Scenario("kill-leader", f"kill -9 of the leader: {PROMISE}", kill_leader),
)
