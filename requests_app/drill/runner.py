"""Play scenarios one after the other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from requests_app.drill.faults import NoMeans
from requests_app.drill.load.aftermath import NotTold
from requests_app.drill.load.people import CannotBegin
from requests_app.drill.scenarios import Result, Scenario
from requests_app.drill.stage import CouldNotRun, Stage

SCENARIO_SECONDS = 420.0
REFUSALS = (CouldNotRun, CannotBegin, NoMeans, NotTold)

Say = Callable[[str], None]


async def play(
    stage: Stage, scenarios: Sequence[Scenario], say: Say, show: Callable[[Result], None]
) -> list[Result]:
    """Return what came of each; each begins only when the service is whole."""
    results = []
    for number, scenario in enumerate(scenarios, 1):
        say(f"{number} of {len(scenarios)}: {scenario.name}")
        result = await _play(stage, scenario)
        results.append(result)
        show(result)
    return results


async def _play(stage: Stage, scenario: Scenario) -> Result:
    began = time.monotonic()
    measures, problem = [], ""
    try:
        async with asyncio.timeout(SCENARIO_SECONDS):
            await stage.whole()
            measures = await scenario.play(stage)
    except TimeoutError:
        problem = f"it took more than {SCENARIO_SECONDS:g} s"
    except REFUSALS as refusal:
        problem = str(refusal)
    except ExceptionGroup as group:
        problem = "; ".join(f"{type(one).__name__}: {one}" for one in group.exceptions)
    return Result(scenario.name, scenario.promise, time.monotonic() - began, measures, problem)
