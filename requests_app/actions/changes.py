"""Writing one changed request: version, counters and row together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cluster.streams import Work
from requests_app import counters
from requests_app.counters import Contribution
from requests_app.lifecycle import fold
from requests_app.models import GuestRequest

STAMPS = ("version", "updated_at")


def save_changes(
    work: Work, request: GuestRequest, fields: Iterable[str], *, before: Contribution | None, now: datetime
) -> None:
    """Save only ``fields``, one version on, and move the statistics from ``before``.

    What changes after a guest was forgotten may be about a guest again, so retention looks at it anew.
    """
    if request.erased_at is not None and "erased_at" not in fields:
        request.erased_at = None
        fields = (*fields, "erased_at")
    request.version += 1
    request.updated_at = now
    request.save(update_fields=[*dict.fromkeys((*fields, *STAMPS))])
    counters.move(work, request.property_id, before, counters.contribution(request))


def refresh_search(request: GuestRequest) -> tuple[str, ...]:
    """Set the case-folded columns from the texts; return their names."""
    request.guest_name_folded = fold(request.guest_name)
    texts = (request.request_text, request.guest_name, request.room_number, request.order_id)
    request.search_folded = "\n".join(fold(text) for text in texts)
    return ("guest_name_folded", "search_folded")
