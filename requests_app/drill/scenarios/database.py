"""PostgreSQL is restarted."""

from __future__ import annotations

from requests_app.drill.checks import calls, timing
from requests_app.drill.journal import Call, Journal
from requests_app.drill.load.patience import until
from requests_app.drill.measures import Measure, always, at_least, at_most, no_calls, none, outage, told
from requests_app.drill.scenarios.scenario import Scenario
from requests_app.drill.stage import Stage

POSTGRES = "postgres"
BACK_SECONDS = 10.0
REFUSED_SECONDS = 15.0
"""By when somebody must have been told 503: a balancer holds calls for some seconds first."""


async def restarted(stage: Stage) -> list[Measure]:
    """Stop it under load, leave it away for a while and until somebody is refused, start it.

    A balancer in front may bridge a short restart, so that nobody notices; then nothing would be
    known of the refusals.
    """
    crew = stage.crew()
    async with crew.at_work() as journal:
        await stage.steady()
        await stage.break_("stop", POSTGRES)
        await stage.away()
        await until(lambda: bool(_told_when(journal)), REFUSED_SECONDS)
        back = await stage.mend("start", POSTGRES)
        await until(lambda: _serves(journal, back), BACK_SECONDS)
        await stage.steady()
    refused = calls.failed(journal)
    told_when = _told_when(journal)
    return [
        at_least("503 with Retry-After while away", len(told_when), 1),
        told("longest wait for one", max((call.ended - call.began for call in told_when), default=0.0)),
        no_calls("failed calls other than 503", [call for call in refused if call.outcome != "503"]),
        at_most("full service after it is back", timing.healed(journal, back, stage.place.names), 5.0),
        none("sockets that did not survive", fallen(journal)),
        *always(journal, crew.after),
        *outage(journal),
    ]


def fallen(journal: Journal) -> list[str]:
    """Name the listeners that lost a connection."""
    return [
        f"{ear.name}: {[session.code for session in ear.sessions]}"
        for ear in journal.ears
        if len(ear.sessions) != 1 or ear.sessions[0].code
    ]


def _told_when(journal: Journal) -> list[Call]:
    return [call for call in calls.failed(journal) if call.outcome == "503" and call.retry_after]


def _serves(journal: Journal, back: float) -> bool:
    lately = [call for call in journal.calls[-20:] if call.began > back]
    return len(lately) >= 10 and not any(call.failed for call in lately)


SCENARIOS = (
    Scenario(
        "postgres-restarted",
        "PostgreSQL restarted: 503 with Retry-After while away, no 500, full service ≤5 s after it is back,"
        " sockets survive",
        restarted,
    ),
)
