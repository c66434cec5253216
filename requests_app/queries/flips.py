"""The moments at which the clock alone changes what a read shows: requests becoming overdue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import cast

from django.db.models import Min

from requests_app.lifecycle import Status
from requests_app.models import GuestRequest
from requests_app.models.request import UNFINISHED

RUNNING = frozenset({Status.PENDING.value, Status.IN_PROGRESS.value})
"""Where the clock runs: it stands still on hold and has ended after that."""


def earliest(requests: Iterable[Mapping[str, object]]) -> datetime | None:
    """Return when the first of these requests, as the API shows them, becomes overdue."""
    moments = (
        cast("datetime", request["dueAt"])
        for request in requests
        if request["dueAt"] is not None and not request["overdue"] and request["status"] in RUNNING
    )
    return min(moments, default=None)


def first_flip(property_ids: Collection[int] | None, now: datetime) -> datetime | None:
    """Return when the next request of the properties (None: all) becomes overdue; one row of an index."""
    rows = GuestRequest.objects.filter(
        UNFINISHED, deleted_at__isnull=True, held_at__isnull=True, due_at__gte=now
    )
    if property_ids is not None:
        rows = rows.filter(property_id__in=property_ids)
    found: datetime | None = rows.aggregate(first=Min("due_at"))["first"]
    return found
