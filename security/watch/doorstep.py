"""The login of an address that the score blocked: a hotel is one address, and its staff must come in.

Five tries that fail, of all who share the address together, and it is shut for them too. An
operator's block of an address has no such door.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cluster import limits
from cluster.answers.pages import tell
from cluster.answers.problems import LimitExceeded
from security.addresses import client_address, network_of
from security.limits.rules import Rule
from security.limits.telling import decide

RULE = Rule("blocked-login", limit=5, window_ms=15 * 60 * 1000)


def leads_here(request: HttpRequest) -> bool:
    """Say whether somebody stands at a login."""
    return request.path_info.rstrip("/") in _doors()


def refused(request: HttpRequest) -> HttpResponse | None:
    """Count a try, and refuse it where there were too many; looking at the page is none."""
    if request.method in ("GET", "HEAD"):
        return None
    try:
        decide(RULE, limits.take(_key(request), limit=RULE.limit, window_ms=RULE.window_ms))
    except LimitExceeded as problem:
        return tell(problem, request)
    return None


def answered(request: HttpRequest, response: HttpResponse) -> None:
    """Give a try back that led in."""
    led_in = _doors()[request.path_info.rstrip("/")]
    if request.method == "POST" and response.status_code == led_in:
        limits.give_back(_key(request))


def _key(request: HttpRequest) -> str:
    return f"blocked-login:{network_of(client_address(request))}"


@cache
def _doors() -> Mapping[str, int]:
    """Return the addresses of the logins, and what each answers to whom it lets in."""
    doors = {"login": 200, "admin:login": 302, "admin:second-factor": 302}
    return {reverse(name).rstrip("/"): status for name, status in doors.items()}
