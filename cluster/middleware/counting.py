"""django-prometheus's own counts of requests and answers, with each series looked up once."""

from __future__ import annotations

from typing import Any

from django_prometheus.middleware import PrometheusAfterMiddleware

MOST_KEPT = 2_000


class CountingMiddleware(PrometheusAfterMiddleware):  # type: ignore[misc]
    """Keeps the series of the labels it has met: prometheus_client takes a lock and a copy to find one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._series: dict[tuple[object, ...], Any] = {}

    def label_metric(self, metric: Any, request: Any, response: Any = None, **labels: str) -> Any:
        """Return the series of ``metric`` with these labels."""
        if not labels:
            return metric
        # The names stand in the key too: two callers may give them in different orders.
        key = (id(metric), *labels.items())
        found = self._series.get(key)
        if found is None:
            found = super().label_metric(metric, request, response, **labels)
            if len(self._series) < MOST_KEPT:
                self._series[key] = found
        return found
