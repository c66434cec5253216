"""Redis is killed, hangs, forgets, dawdles; or one node alone can not reach it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from requests_app.drill.checks import calls, timing
from requests_app.drill.journal import Journal
from requests_app.drill.load.patience import until
from requests_app.drill.measures import Measure, always, at_most, no_calls, outage, told
from requests_app.drill.scenarios.scenario import Scenario
from requests_app.drill.stage import Stage

PROMISE = (
    "0 failed writes, 0 stale reads, live events ≤1.5 s late, nothing to repair by hand,"
    " normal ≤3 s after it is back"
)
REDIS = "redis"
SLOW_MILLISECONDS = "400"

Step = Callable[[], Awaitable[float]]


async def without_redis(stage: Stage, break_: Step, mend: Step) -> list[Measure]:
    """Take Redis away under load and give it back; nobody may notice more than a short delay."""
    crew = stage.crew()
    async with crew.at_work() as journal:
        await stage.steady()
        broken = await break_()
        await stage.away()
        back = await mend()
        await until(lambda: _is_whole(journal, stage.place.names, back), 6.0)
        await stage.steady()
    late = max((it.late for it in timing.deliveries(journal) if it.acked >= broken - 1), default=0.0)
    return [
        no_calls("failed calls", calls.failed(journal)),
        at_most("latest news after its acknowledgement", late, 1.5),
        at_most("normal after it is back", timing.healed(journal, back, stage.place.names), 3.0),
        told("degraded mode seen after", timing.first(journal.statuses, broken, lambda it: it.degraded)),
        *always(journal, crew.after),
        *outage(journal)[1:],
    ]


def _is_whole(journal: Journal, names: list[str], since: float) -> bool:
    """Say whether each node that was ever heard has said since then that all is well."""
    lately = {it.said_by: it for it in journal.statuses if it.at > since}
    return (
        lately.keys() == {it.said_by for it in journal.statuses}
        and not any(it.degraded for it in lately.values())
        and set(names)
        <= {name for it in lately.values() for name, state in it.states.items() if state == timing.UP}
    )


async def killed(stage: Stage) -> list[Measure]:
    """Kill -9, then an empty one in its place."""
    return await without_redis(stage, lambda: stage.break_("kill", REDIS), lambda: stage.mend("start", REDIS))


async def hung(stage: Stage) -> list[Measure]:
    """It accepts and never answers."""
    return await without_redis(
        stage, lambda: stage.break_("pause", REDIS), lambda: stage.mend("resume", REDIS)
    )


async def slow(stage: Stage) -> list[Measure]:
    """It answers, but late."""
    return await without_redis(
        stage,
        lambda: stage.break_("slow", REDIS, SLOW_MILLISECONDS),
        lambda: stage.mend("heal", REDIS),
    )


async def flushed(stage: Stage) -> list[Measure]:
    """It forgets everything at once."""
    return await without_redis(stage, lambda: stage.break_("flush"), lambda: stage.mend("flush"))


async def cut(stage: Stage) -> list[Measure]:
    """One web node and one live node are cut from it; the others are not."""
    victims = list({stage.place.web[0].name, stage.place.live[0].name})

    async def each(verb: str) -> float:
        moments = [await stage.break_(verb, name) for name in victims]
        return moments[0] if verb == "cut" else time.monotonic()

    return await without_redis(stage, lambda: each("cut"), lambda: each("heal"))


SCENARIOS = (
    Scenario("redis-killed", f"Redis killed, then back: {PROMISE}", killed, in_short=False),
    Scenario("redis-hung", f"Redis hung, then back: {PROMISE}", hung),
    Scenario("redis-flushed", f"Redis flushed: {PROMISE}", flushed, in_short=False),
    Scenario("redis-slow", f"Redis slow, then itself again: {PROMISE}", slow, in_short=False),
    Scenario(
        "redis-cut", f"one node cut from Redis only: 0 stale reads on it, 0 missed events; {PROMISE}", cut
    ),
)
