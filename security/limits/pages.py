"""The limits of logins and guest pages, by django-ratelimit: two trips to Redis do not matter there."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django_ratelimit.core import get_usage

from cluster.limits import Count, share
from cluster.redis import breaker
from security.addresses import client_address, network_of
from security.caller import ANONYMOUS, Caller
from security.limits import rules
from security.limits.rules import Rule
from security.limits.telling import NOTHING, decide


def admit_login(request: HttpRequest) -> Mapping[str, str]:
    """Count a try to come in with a password, by address. Raises LimitExceeded."""
    return _admit(request, rules.general("login"), ANONYMOUS)


def admit_page(request: HttpRequest, caller: Caller = ANONYMOUS) -> Mapping[str, str]:
    """Count a guest's page, by stay, or by address for somebody without one. Raises LimitExceeded."""
    return _admit(request, rules.general("page"), caller)


def _admit(request: HttpRequest, rule: Rule | None, caller: Caller) -> Mapping[str, str]:
    if rule is None:
        return NOTHING
    who = caller.identity() if caller.is_known else f"address:{network_of(client_address(request))}"
    return decide(rule, _count(request, rule, who), request)


def _count(request: HttpRequest, rule: Rule, who: str) -> Count:
    here = rule.limit if breaker.is_closed() else max(1, share(rule.limit))
    rate = (here, max(1, rule.window_ms // 1000))
    usage = get_usage(request, group=rule.scope, key=lambda *_: who, rate=rate, increment=True)
    # Its window ends in the last second that still belongs to it.
    return Count(rule.limit, here - usage["count"], usage["time_left"] + 1)
