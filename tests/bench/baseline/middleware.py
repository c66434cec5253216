"""The two of the usual thirteen that a project writes or wraps itself."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_ratelimit.core import is_ratelimited

logger = structlog.get_logger("requests")
GetResponse = Callable[[HttpRequest], HttpResponse]


def log_requests(get_response: GetResponse) -> GetResponse:
    """Log every request with its status and duration."""

    def middleware(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = get_response(request)
        took = time.perf_counter() - begun
        logger.info(
            "request", method=request.method, path=request.path, status=response.status_code, took=took
        )
        return response

    return middleware


def limit_rate(get_response: GetResponse) -> GetResponse:
    """Count every request of an address in the cache, as django-ratelimit does."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if is_ratelimited(request, group="api", key="ip", rate="100000000/m", increment=True):
            raise PermissionDenied
        return get_response(request)

    return middleware
