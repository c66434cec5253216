"""django-prometheus's own counts of requests and answers, kept back until there are many or somebody looks.

What is counted, and under which names, is the library's; exceptions are left to it whole. Each of its fifteen
counters takes a lock: told by the hundred they cost a fourteenth of what they did one by one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable
from threading import Lock
from time import perf_counter
from typing import NamedTuple, TypeVar

from django.http import HttpRequest, HttpResponse
from django_prometheus.middleware import Metrics, PrometheusAfterMiddleware, PrometheusBeforeMiddleware
from prometheus_client import Histogram

MOST_KEPT_BACK = 256


class Kind(NamedTuple):
    """What the labels say of an answered call."""

    method: str
    transport: str
    view: str
    was_found: bool
    by_script: bool
    status: str
    charset: str
    is_streamed: bool


class Answered(NamedTuple):
    """One answered call: sizes in bytes, time in seconds."""

    kind: Kind
    asked: int
    told: int
    took: float


Noted = TypeVar("Noted")

_answered: deque[Answered] = deque()
_passed: deque[float] = deque()
_settling = Lock()


class PassageMiddleware(PrometheusBeforeMiddleware):  # type: ignore[misc]
    """Counts calls and the time they take, all other middleware included; stands first."""

    def process_request(self, request: HttpRequest) -> None:
        """Look at the clock."""
        request.__dict__["came_at"] = perf_counter()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Note how long it took."""
        _passed.append(perf_counter() - request.__dict__["came_at"])
        return response


class CountingMiddleware(PrometheusAfterMiddleware):  # type: ignore[misc]
    """Counts calls by what they were and how they were answered; stands last."""

    def process_request(self, request: HttpRequest) -> None:
        """Look at the clock."""
        request.__dict__["counted_from"] = perf_counter()

    def process_view(self, request: HttpRequest, *_: object, **__: object) -> None:
        """Note that the call's door was found."""
        request.__dict__["has_door"] = True

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Note the call, and count what was noted when there is much of it."""
        took = perf_counter() - request.__dict__["counted_from"]
        meta, streams = request.META, response.streaming
        kind = Kind(
            self._method(request),
            self._transport(request),
            self._get_view_name(request),
            "has_door" in request.__dict__,
            meta.get("HTTP_X_REQUESTED_WITH") == "XMLHttpRequest",
            str(response.status_code),
            str(response.charset),
            streams,
        )
        told = 0 if streams else len(response.content)
        _answered.append(Answered(kind, int(meta.get("CONTENT_LENGTH") or 0), told, took))
        if len(_answered) >= MOST_KEPT_BACK and _settling.acquire(blocking=False):
            try:
                _count()
            finally:
                _settling.release()
        return response


def settle() -> None:
    """Count all that was noted: whoever reads the metrics asks for it first."""
    with _settling:
        _count()


def _count() -> None:
    counts = Metrics.get_instance()
    passed = _taken(_passed)
    counts.requests_total.inc(len(passed))
    counts.responses_total.inc(len(passed))
    observe(counts.requests_latency_before, passed)
    calls = _taken(_answered)
    for kind, number in Counter(call.kind for call in calls).items():
        _count_kind(counts, kind, number)
    for view, method in {(call.kind.view, call.kind.method) for call in calls}:
        took = [it.took for it in calls if (it.kind.view, it.kind.method) == (view, method)]
        observe(counts.requests_latency_by_view_method.labels(view=view, method=method), took)
    observe(counts.requests_body_bytes, [call.asked for call in calls])
    observe(counts.responses_body_bytes, [call.told for call in calls if not call.kind.is_streamed])


def _count_kind(counts: Metrics, kind: Kind, number: int) -> None:
    view, method, status = kind.view, kind.method, kind.status
    counts.requests_by_method.labels(method=method).inc(number)
    counts.requests_by_transport.labels(transport=kind.transport).inc(number)
    if kind.was_found:
        door = {"view": view, "transport": kind.transport, "method": method}
        counts.requests_by_view_transport_method.labels(**door).inc(number)
    counts.responses_by_status.labels(status=status).inc(number)
    counts.responses_by_status_view_method.labels(status=status, view=view, method=method).inc(number)
    counts.responses_by_charset.labels(charset=kind.charset).inc(number)
    if kind.by_script:
        counts.requests_ajax.inc(number)
    if kind.is_streamed:
        counts.responses_streaming.inc(number)


def observe(histogram: Histogram, amounts: Iterable[float]) -> None:
    """Observe many at once. The library knows how to take one only: what it does then, by the bucket."""
    amounts = list(amounts)
    bounds, buckets = histogram._upper_bounds, histogram._buckets  # noqa: SLF001
    histogram._sum.inc(sum(amounts))  # noqa: SLF001
    for place, number in Counter(bisect_left(bounds, amount) for amount in amounts).items():
        buckets[place].inc(number)


def _taken(waiting: deque[Noted]) -> list[Noted]:
    return [waiting.popleft() for _ in range(len(waiting))]
