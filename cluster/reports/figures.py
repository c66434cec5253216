"""The figures of this layer."""

from __future__ import annotations

from django.conf import settings
from prometheus_client import Counter

from cluster import bus, coordination, metrics, pulse, status, timings
from cluster.reports.registry import Json, register


def register_all() -> None:
    """Register them; called once when the app is ready."""
    register("operations", timings.reported)
    register("bus", bus_figures)
    register("hub", hub_figures)
    register("reasons", status.reasons)
    register("coordination", lambda: {"alone": coordination.is_alone()})
    register("settings", settings_in_force)


def settings_in_force() -> Json:
    """Return what this process was told by its environment, secrets as digests."""
    return settings.CONFIGURATION_FINGERPRINT(settings.SECRET_KEY)


def bus_figures() -> Json:
    """Return how the wire to the other nodes is: up, down or local."""
    return {"state": str(bus.state())}


def hub_figures() -> Json:
    """Return what this node's sockets live through."""
    return {
        "sockets": pulse.open_sockets(),
        "gapRepairs": _value(metrics.GAP_REPAIRS),
        "slowSockets": _value(metrics.SLOW_SOCKETS),
        "eventsPublished": _value(metrics.EVENTS_PUBLISHED),
    }


def _value(counter: Counter) -> int:
    (found,) = counter.collect()
    return int(found.samples[0].value)
