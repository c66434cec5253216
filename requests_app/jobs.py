"""What the leader does for the hotel in the background."""

from __future__ import annotations

import logging
from functools import partial

from django.utils import timezone

from cluster.jobs import register
from cluster.leader import leader_work
from requests_app import actions, metrics, recount
from requests_app.actions import retention
from requests_app.recount import Drift
from security.models import Property

logger = logging.getLogger("bellhop.statistics")

SLA_SECONDS = 5
STATISTICS_SECONDS = 300
GUEST_DATA_SECONDS = 3600
MOST_FORGOTTEN = 2_000  # of each property an hour: the first time there may be years of them
BATCH = 50  # an event or two each: well within the second a leader's transaction may take
MOST_BATCHES = 20


def declare() -> None:
    """Name the jobs to whoever leads; nothing is started here."""
    register("sla", SLA_SECONDS, escalate_late_requests)
    register("guest-data", GUEST_DATA_SECONDS, forget_guests_in_time)
    register("statistics", STATISTICS_SECONDS, look_for_drift)


def escalate_late_requests(term: int) -> None:
    """Raise what is late, batch by batch; what is left of a long backlog comes with the next turn."""
    for _ in range(MOST_BATCHES):
        raised = actions.escalate(now=timezone.now(), limit=BATCH, unit=partial(leader_work, term))
        if raised < BATCH:
            return


def forget_guests_in_time(term: int) -> None:
    """Erase what the properties have kept for as long as they wanted to."""
    retention.retain(now=timezone.now(), limit=MOST_FORGOTTEN, unit=partial(leader_work, term))


def look_for_drift(term: int) -> None:  # noqa: ARG001 - it only reads, so a former leader does no harm
    """Recount every property and say where the statistics are wrong; putting them right is for people."""
    metrics.STATISTICS_DRIFT.clear()
    for place in Property.objects.order_by("pk"):
        drift = recount.look(place)
        metrics.STATISTICS_DRIFT.labels(place.slug).set(drift.size)
        if not drift.is_clean:
            _report(place, drift)


def _report(place: Property, drift: Drift) -> None:
    found = {"counters": len(drift.counters), "days": len(drift.days), "misplaced": drift.misplaced}
    logger.warning("statistics.drift", extra={"property": place.slug, **found})
