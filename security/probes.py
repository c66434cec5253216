"""Who may read more than a word in a health answer."""

from __future__ import annotations

from django.http import HttpRequest

from cluster.answers.problems import AuthenticationRequired
from security.authentication import authenticate
from security.caller import CallerKind


def is_staff(request: HttpRequest) -> bool:
    """Say whether a staff token came along; probes run before sessions, so nothing else can."""
    try:
        caller = authenticate(request.META.get("HTTP_AUTHORIZATION", ""))
    except AuthenticationRequired:
        return False
    return caller.kind is CallerKind.STAFF
