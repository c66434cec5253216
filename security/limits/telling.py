"""How a caller is told what they have left."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from django.http import HttpRequest
from prometheus_client import Counter

from cluster.answers.problems import LimitExceeded
from cluster.limits import Count
from security import metrics
from security.limits.rules import Rule

NOTHING: Mapping[str, str] = {}


def decide(rule: Rule, count: Count, request: HttpRequest | None = None) -> Mapping[str, str]:
    """Return the headers to send, which ``request`` remembers. Raises LimitExceeded."""
    seconds = max(1, math.ceil(count.seconds))
    headers = _headers(rule, count.remaining, seconds)
    if request is not None:
        request.limited = headers  # type: ignore[attr-defined]
    _counter(rule.scope, "refused" if count.is_over else "allowed").inc()
    if count.is_over:
        raise LimitExceeded(retry_after=seconds)
    return headers


def headers_of(request: HttpRequest) -> Mapping[str, str]:
    """Return what a call's answer says about limits: nothing, where none was asked."""
    headers: Mapping[str, str] = getattr(request, "limited", NOTHING)
    return headers


def _headers(rule: Rule, remaining: int, seconds: int) -> Mapping[str, str]:
    limit, left, reset = str(rule.limit), str(remaining), str(seconds)
    return {
        "RateLimit-Limit": limit,
        "RateLimit-Remaining": left,
        "RateLimit-Reset": reset,
        "RateLimit-Policy": f"{limit};w={max(1, rule.window_ms // 1000)}",
        "X-RateLimit-Limit": limit,
        "X-RateLimit-Remaining": left,
        "X-RateLimit-Reset": reset,
    }


@cache
def _counter(scope: str, decision: str) -> Counter:
    return metrics.RATE_LIMIT_DECISIONS.labels(scope, decision)
