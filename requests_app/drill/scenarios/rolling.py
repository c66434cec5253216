"""All nodes leave and return, one after the other."""

from __future__ import annotations

from requests_app.drill.checks import calls, timing
from requests_app.drill.measures import Measure, always, at_most, no_calls, outage
from requests_app.drill.scenarios.scenario import Scenario
from requests_app.drill.stage import Stage


async def roll(stage: Stage) -> list[Measure]:
    """Restart every node in good order, under load."""
    crew = stage.crew()
    async with crew.at_work() as journal:
        await stage.steady()
        await stage.mend("roll")
        await stage.steady()
    return [
        no_calls("failed calls", calls.failed(journal)),
        at_most("listeners away at most", timing.reconnected(journal), 5.0),
        *always(journal, crew.after),
        *outage(journal)[1:],
    ]


async def rollback(stage: Stage) -> list[Measure]:
    """Go to another release and back again, node by node, under load."""
    crew = stage.crew()
    before = await stage.releases()
    async with crew.at_work() as journal:
        await stage.steady()
        await stage.mend("rollout")
        between = await stage.releases()
        await stage.mend("rollback")
        after = await stage.releases()
        await stage.steady()
    moved = len(between) == 1 and between != before == after
    walk = " → ".join("/".join(sorted(it)) for it in (before, between, after))
    return [
        Measure("releases that ran", walk, "there and back", moved),
        no_calls("failed calls", calls.failed(journal)),
        at_most("listeners away at most", timing.reconnected(journal), 5.0),
        *always(journal, crew.after),
        *outage(journal)[1:],
    ]


SCENARIOS = (
    Scenario(
        "roll",
        "rolling restart of all nodes: 0 failed calls, 0 events missed or doubled, reconnect ≤5 s",
        roll,
    ),
    Scenario(
        "rollback",
        "rollback of all nodes to another release: 0 failed calls, 0 events missed or doubled,"
        " reconnect ≤5 s",
        rollback,
        in_short=False,
    ),
)
