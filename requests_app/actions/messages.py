"""The thread between a guest and the staff."""

from __future__ import annotations

from django.utils import timezone

from cluster.streams import unit_of_work
from requests_app import access, events
from requests_app.models import GuestRequest, Message
from requests_app.permissions import THREAD
from security.caller import Caller, CallerKind


def post_message(*, by: Caller, request_id: int, content: str) -> Message:
    """Write one line into a request's thread and tell both sides."""
    with unit_of_work() as work:
        request = access.lock(by, THREAD, request_id)
        message = Message.objects.create(
            request=request,
            author_id=by.user_id,
            from_guest=by.kind is not CallerKind.STAFF,
            content=content,
            created_at=timezone.now(),
        )
        if request.erased_at is not None:  # there is something to forget again
            GuestRequest.objects.filter(pk=request.pk).update(erased_at=None)
        events.message(work, request, by, message=message)
    return message
