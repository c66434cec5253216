"""Guests who were forgotten after a backup was made are forgotten again when it is restored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.utils import timezone

from cluster import backups
from requests_app import recount
from requests_app.models import Erasure, ErasureTarget, GuestRequest, Stay, TargetKind
from requests_app.queries.forgetting import stay_reference
from security.models import Property

SELECTOR = "restore"


def declare() -> None:
    """Say how a copy's statistics are looked at, and what is carried over a restore."""
    backups.register(checks={"statistics": look}, carries=[forgotten_since])


def look() -> str:
    """Return which property's statistics are not what its requests add up to, or nothing."""
    wrong = [place.slug for place in Property.objects.order_by("pk") if not recount.compared(place).is_clean]
    return f"the statistics of {', '.join(wrong)} do not add up" if wrong else ""


def forgotten_since(taken_at: datetime) -> Callable[[], str]:
    """Keep what was erased since the backup; what is returned has it erased again in the restored rows."""
    later = Erasure.objects.filter(started_at__gte=taken_at)
    wanted = set(ErasureTarget.objects.filter(erasure__in=later).values_list("kind", "reference"))
    return lambda: _begin_again(wanted) if wanted else ""


def _begin_again(wanted: set[tuple[str, str]]) -> str:
    erasure = Erasure.objects.create(selector=SELECTOR, made_by=SELECTOR, started_at=timezone.now())
    targets = [
        ErasureTarget(erasure=erasure, kind=kind, subject=pk, reference=reference)
        for kind, pk, reference in _found(wanted)
    ]
    ErasureTarget.objects.bulk_create(targets, batch_size=1000)
    return (
        f"{len(targets)} stays and requests were forgotten after this backup and are in it again:"
        " manage.py forget --resume erases them now, the leader within the hour."
    )


def _found(wanted: set[tuple[str, str]]) -> Iterator[tuple[str, int, str]]:
    orders = {reference for kind, reference in wanted if kind == TargetKind.REQUEST}
    rows = GuestRequest.objects.filter(order_id__in=orders).values_list("pk", "order_id")
    yield from ((TargetKind.REQUEST, pk, order_id) for pk, order_id in rows)
    stays = {reference for kind, reference in wanted if kind == TargetKind.STAY}
    numbers = [int(reference.removeprefix("stay:").partition("@")[0]) for reference in stays]
    for pk, opened in Stay.objects.filter(pk__in=numbers).values_list("pk", "opened_at"):
        if stay_reference(pk, opened) in stays:
            yield TargetKind.STAY, pk, stay_reference(pk, opened)
