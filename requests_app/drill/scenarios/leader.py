"""The leader is put to sleep, and wakes when another leads."""

from __future__ import annotations

from requests_app.drill.checks import leading, timing
from requests_app.drill.journal import Aftermath, Journal
from requests_app.drill.load.patience import until
from requests_app.drill.measures import Measure, always, at_most, none, outage, told
from requests_app.drill.scenarios.scenario import Scenario
from requests_app.drill.stage import Stage, newest

PATIENCE, BACK_SECONDS = 9.0, 15.0


async def paused(stage: Stage) -> list[Measure]:
    """Pause it, wait for its successor, wake it."""
    crew = stage.crew()
    async with crew.at_work() as journal:
        await stage.steady()
        victim = await stage.leader()
        broken = await stage.break_("pause", victim)
        await until(lambda: timing.led_anew(journal, broken, victim) < PATIENCE, PATIENCE)
        successor = newest(journal)
        takeover = _heard_by_then(journal)
        await stage.steady()
        await stage.mend("resume", victim)
        await until(lambda: newest(journal).states.get(victim) == timing.UP, BACK_SECONDS)
        await stage.steady()
    return [
        at_most("new leader after", timing.led_anew(journal, broken, victim), 4.0),
        told("what leaders wrote by themselves", _by_itself(crew.after), ""),
        none("writes of the woken leader", leading.after_its_time(crew.after, victim, takeover)),
        none("moments it led again in its old term", _again(journal, victim, successor.term)),
        *always(journal, crew.after),
        *outage(journal),
    ]


def _heard_by_then(journal: Journal) -> int:
    return max((ear.last_seq for ear in journal.ears), default=0)


def _by_itself(after: Aftermath) -> int:
    return sum(entry.actor == leading.SYSTEM for entry in after.log)


def _again(journal: Journal, victim: str, term: int) -> list[str]:
    return [
        f"{it.said_by} said so of term {it.term}"
        for it in journal.statuses
        if it.leader == victim and it.term >= term
    ]


SCENARIOS = (
    Scenario(
        "leader-paused",
        "paused leader (SIGSTOP) woken after a takeover: none of its writes happen",
        paused,
    ),
)
