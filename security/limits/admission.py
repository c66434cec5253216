"""Letting a call or a socket in, by who asks: one trip to Redis, none where there is no limit."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest

from cluster import limits
from security.addresses import client_address, network_of
from security.caller import ANONYMOUS, Caller
from security.limits import rules
from security.limits.rules import Rule
from security.limits.telling import NOTHING, decide, headers_of


def admit(request: HttpRequest, caller: Caller) -> Mapping[str, str]:
    """Count a call once and return the headers its answer will carry. Raises LimitExceeded.

    A good credential is counted, not its address: a hotel is one address. Anybody else is counted
    by address.
    """
    told = headers_of(request)
    rule = None if told else rules.rule_for(caller)
    if rule is None:
        return told
    who = caller.identity() if caller.is_known else _at(client_address(request))
    return decide(rule, _count(rule, who), request)


def admit_socket(caller: Caller) -> Mapping[str, str]:
    """Count a new socket. Raises LimitExceeded."""
    rule = rules.sockets()
    return decide(rule, _count(rule, f"socket:{caller.identity()}")) if rule else NOTHING


def admit_stranger(address: str) -> Mapping[str, str]:
    """Count somebody at the door of a socket whom nobody knows. Raises LimitExceeded."""
    rule = rules.rule_for(ANONYMOUS)
    return decide(rule, _count(rule, _at(address))) if rule else NOTHING


def admit_report(request: HttpRequest) -> Mapping[str, str]:
    """Count a browser's report by address, apart from all other calls. Raises LimitExceeded."""
    rule = rules.reports()
    return decide(rule, _count(rule, f"report:{_at(client_address(request))}"), request)


def _at(address: str) -> str:
    return f"address:{network_of(address)}"


def _count(rule: Rule, who: str) -> limits.Count:
    return limits.take(who, limit=rule.limit, window_ms=rule.window_ms)
