"""A form sent twice does its work once: an ``Idempotency-Key`` that travels in the form."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest

from cluster.answers import answer_bytes, dumps
from cluster.answers.problems import UnsupportedMedia
from cluster.once import once
from security.caller import Caller

FIELD = "form_key"
URLENCODED = "application/x-www-form-urlencoded"


def new_form_key() -> str:
    """Return a key for a form that is shown now."""
    return secrets.token_urlsafe(18)


def send_once(request: HttpRequest, by: Caller, do: Callable[[], int]) -> None:
    """Run ``do`` unless this very form did before; it returns the id of what it made.

    Raises IdempotencyConflict for an old form with new content, besides what ``do`` raises.
    """
    # The body is compared with the first one's, and a multipart body is gone once it was read.
    if request.content_type != URLENCODED:
        raise UnsupportedMedia("Send the form as a browser does.")
    request.META["HTTP_IDEMPOTENCY_KEY"] = request.POST.get(FIELD) or new_form_key()
    once(request, by.identity(), lambda: answer_bytes(dumps({"id": do()}), status=201))
