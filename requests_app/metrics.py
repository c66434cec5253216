"""What the hotel counts about itself, under the names the dashboards know."""

from __future__ import annotations

from prometheus_client import Gauge

STATISTICS_DRIFT = Gauge(
    "bellhop_statistics_drift",
    "Numbers of a property's statistics that its requests do not add up to, when the leader last looked.",
    ["property"],
)
