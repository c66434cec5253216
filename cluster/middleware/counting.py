"""django-prometheus's own counts of requests and answers, with each set of series looked up once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django_prometheus.middleware import PrometheusAfterMiddleware

MOST_KEPT = 2_000
Series = tuple[Any, ...]


class CountingMiddleware(PrometheusAfterMiddleware):  # type: ignore[misc]
    """Keeps the series of the calls it has met: prometheus_client takes a lock and a copy to find one.

    What is counted, and under which names, is the library's; exceptions are left to it whole.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[Hashable, Series] = {}

    def process_request(self, request: HttpRequest) -> None:
        """Count a call that came in."""
        method, transport, meta = self._method(request), self._transport(request), request.META
        for series in self._series(("came", method, transport), lambda: self._of_call(method, transport)):
            series.inc()
        if meta.get("HTTP_X_REQUESTED_WITH") == "XMLHttpRequest":
            self.metrics.requests_ajax.inc()
        self.metrics.requests_body_bytes.observe(int(meta.get("CONTENT_LENGTH") or 0))
        request.prometheus_after_middleware_event = perf_counter()  # type: ignore[attr-defined]

    def process_view(self, request: HttpRequest, view: object, *_: object, **__: object) -> None:  # noqa: ARG002
        """Count a call whose door was found."""
        said = {
            "view": self._get_view_name(request),
            "transport": self._transport(request),
            "method": self._method(request),
        }
        made = self.metrics.requests_by_view_transport_method
        self._series(("door", *said.values()), lambda: (made.labels(**said),))[0].inc()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Count an answer, and how long it took."""
        view, method, status = self._get_view_name(request), self._method(request), str(response.status_code)
        charset = str(response.charset)
        key = ("went", view, method, status, charset)
        *counts, latency = self._series(key, lambda: self._of_answer(view, method, status, charset))
        for series in counts:
            series.inc()
        if response.streaming:
            self.metrics.responses_streaming.inc()
        else:
            self.metrics.responses_body_bytes.observe(len(response.content))
        began = getattr(request, "prometheus_after_middleware_event", None)
        if began is None:
            self.metrics.requests_unknown_latency.inc()
        else:
            latency.observe(perf_counter() - began)
        return response

    def _of_call(self, method: str, transport: str) -> Series:
        counts = self.metrics
        return (
            counts.requests_by_method.labels(method=method),
            counts.requests_by_transport.labels(transport=transport),
        )

    def _of_answer(self, view: str, method: str, status: str, charset: str) -> Series:
        counts = self.metrics
        return (
            counts.responses_by_status.labels(status=status),
            counts.responses_by_status_view_method.labels(status=status, view=view, method=method),
            counts.responses_by_charset.labels(charset=charset),
            counts.requests_latency_by_view_method.labels(view=view, method=method),
        )

    def _series(self, key: Hashable, make: Callable[[], Series]) -> Series:
        found = self._kept.get(key)
        if found is None:
            found = make()
            if len(self._kept) < MOST_KEPT:
                self._kept[key] = found
        return found
