"""The one line a request leaves: what was asked and how it went, without a guest's name."""

from __future__ import annotations

import logging
from functools import cache
from urllib.parse import parse_qsl

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter

from cluster import metrics

logger = structlog.stdlib.get_logger("cluster.access")
standard = logging.getLogger("cluster.access")

MOST_NAMES = 20
LONGEST_NAME = 40
PROBES = ("/health", "/metrics")


def is_probe(request: HttpRequest) -> bool:
    """Say whether a machine looks how this node is."""
    return request.path_info.startswith(PROBES)


def count_answer(request: HttpRequest, response: HttpResponse) -> None:
    """Count one answer by the hundred of its status; probes say nothing of who uses the house."""
    if settings.METRICS_ENABLED and not is_probe(request):
        _series_of(response.status_code // 100).inc()


@cache
def _series_of(hundred: int) -> Counter:
    return metrics.REQUESTS.labels(f"{hundred}xx")


def log_access(request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
    """Log one request; probes, which come every second, only where somebody debugs."""
    level = logging.DEBUG if is_probe(request) else logging.INFO
    if not standard.isEnabledFor(level):
        return
    logger.log(
        level,
        "request",
        method=request.method,
        route=route(request),
        query=masked_query(request),
        status=response.status_code,
        ms=round(milliseconds, 2),
    )


def route(request: HttpRequest) -> str:
    """Return the pattern that matched and not the path, which may hold a guest's name."""
    match = request.resolver_match
    return f"/{match.route}" if match else "unmatched"


def masked_query(request: HttpRequest) -> str:
    """Return the names that were asked for, each without its value."""
    raw = request.META.get("QUERY_STRING", "")
    if not raw:
        return ""
    names = dict.fromkeys(name[:LONGEST_NAME] for name, _ in parse_qsl(raw[:2000], keep_blank_values=True))
    return "&".join(f"{name}=*" for name in list(names)[:MOST_NAMES])
