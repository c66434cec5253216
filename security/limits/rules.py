"""Which limit is whose: values from the settings, looked up by who asks."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from security.caller import Caller, CallerKind

MINUTE_MS = 60_000
REPORTS_PER_MINUTE = 30


@dataclass(frozen=True, slots=True)
class Rule:
    """So many in a window of time, and the name this is counted under."""

    scope: str
    limit: int
    window_ms: int


def rule_for(caller: Caller) -> Rule | None:
    """Return the limit of a caller's calls; None where there is none."""
    if caller.kind is CallerKind.SYSTEM:
        return None
    if caller.kind is CallerKind.STAFF:
        return _unless_off("staff", settings.RATE_LIMIT_STAFF, MINUTE_MS)
    if caller.rate_limit:
        return Rule(caller.kind.value, caller.rate_limit, settings.RATE_LIMIT_WINDOW_MS)
    return general(caller.kind.value)


def general(scope: str) -> Rule | None:
    """Return the limit that holds for everybody but staff."""
    return _unless_off(scope, settings.RATE_LIMIT_MAX_REQUESTS, settings.RATE_LIMIT_WINDOW_MS)


def sockets() -> Rule | None:
    """Return the limit of new sockets of one caller."""
    return _unless_off("socket", settings.RATE_LIMIT_SOCKETS, MINUTE_MS)


def reports() -> Rule:
    """Return the limit of browsers' reports from one address: always on, for it costs nobody anything."""
    return Rule("csp-report", REPORTS_PER_MINUTE, MINUTE_MS)


def _unless_off(scope: str, limit: int, window_ms: int) -> Rule | None:
    return Rule(scope, limit, window_ms) if limit else None
