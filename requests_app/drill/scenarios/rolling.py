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


SCENARIOS = (
    Scenario(
        "roll",
        "rolling restart of all nodes: 0 failed calls, 0 events missed or doubled, reconnect ≤5 s",
        roll,
    ),
)
