"""Forgetting guests when their property's time for it has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from cluster.streams import unit_of_work
from requests_app.actions import forget
from requests_app.actions.forget import Unit
from requests_app.models import Erasure, HouseRules
from requests_app.queries import forgetting
from security.caller import SYSTEM

SELECTOR = "retention"
ABANDONED = timedelta(minutes=10)
"""An erasure unfinished for so long has lost whoever was at it."""


def retain(*, now: datetime, limit: int, unit: Unit = unit_of_work, signature: str = "") -> list[Erasure]:
    """Erase what every property has kept for long enough, at most ``limit`` stays and requests of each.

    What somebody began and did not finish is finished first. Called again at once it does nothing.
    """
    left = Erasure.objects.filter(finished_at=None, started_at__lt=now - ABANDONED).order_by("pk")
    done = [forget.go_on(pk, by=SYSTEM, unit=unit) for pk in left.values_list("pk", flat=True)]
    for rules in HouseRules.objects.exclude(guest_data_days=None).order_by("pk"):
        chosen = forgetting.due(rules, now, limit)
        if not chosen.is_empty:
            begun = forget.begin(
                by=SYSTEM,
                chosen=chosen,
                selector=SELECTOR,
                even_open=True,
                signature=signature,
                unit=unit,
            )
            done.append(forget.go_on(begun.pk, by=SYSTEM, unit=unit))
    return done
