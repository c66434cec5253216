"""Taking a request out of sight; nothing is ever destroyed by it."""

from __future__ import annotations

from django.utils import timezone

from cluster.streams import Work, unit_of_work
from requests_app import access, counters, events
from requests_app.access import Expected
from requests_app.actions.changes import save_changes
from requests_app.models import GuestRequest
from requests_app.permissions import REMOVE
from security.caller import Caller


def remove(*, by: Caller, request_id: int, notes: str = "", expected: Expected = None) -> GuestRequest:
    """Soft-delete a request: it leaves every list and count, its row and history stay."""
    with unit_of_work() as work:
        request = access.lock(by, REMOVE, request_id, expected=expected)
        apply_removal(work, request, by, notes)
    return request


def apply_removal(work: Work, request: GuestRequest, by: Caller, notes: str) -> None:
    """Remove a locked, checked request and tell it."""
    before = counters.contribution(request)
    now = timezone.now()
    request.deleted_at = now
    save_changes(work, request, ["deleted_at"], before=before, now=now)
    events.deleted(work, request, by, notes=notes)
