"""What Prometheus is told when it asks: how this node stands at that moment, from memory alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from django.conf import settings
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cluster import bus, coordination, flags, health, identity
from cluster.redis import breaker

MODES = ("cluster", "degraded", "alone", "single-node")


def mode() -> str:
    """Return how this node works with the others; a cluster that has lost Redis is degraded."""
    if not breaker.is_configured():
        return "single-node"
    if coordination.is_alone():
        return "alone"
    return "cluster" if breaker.is_closed() and bus.state() == "up" else "degraded"


class Standing(Collector):
    """The mode, the flags and the stored findings of the health checks.

    It asks no database and no Redis, so that a scrape is answered while both are away.
    """

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        yield self._node()
        yield self._mode()
        yield self._flags()
        yield self._findings()

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Yield nothing: the names are known when they are asked for, not when this is imported."""
        yield from ()

    def _node(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "bellhop_node", "Always 1; says who answers at this address.", labels=["node", "version"]
        )
        family.add_metric([identity.instance_id(), identity.VERSION], 1)
        return family

    def _mode(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "bellhop_mode", "1 for how this node works with the others, 0 for the rest.", labels=["mode"]
        )
        here = mode()
        for name in MODES:
            family.add_metric([name], int(name == here))
        return family

    def _flags(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "bellhop_flag_share", "For which share of all callers a flag is on here, 0 to 1.", labels=["flag"]
        )
        for flag in flags.declared():
            family.add_metric([flag.name], flags.known_share(flag) / 100)
        return family

    def _findings(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "bellhop_health_check", "1 where the last look found all well, 0 where not.", labels=["check"]
        )
        for name, finding in health.known().items():
            family.add_metric([name], int(finding.word is health.Word.HEALTHY))
        return family


class BackupAge(Collector):
    """How old the newest backup is. No series at all where no backup is known.

    ``look`` reads the record and is called by the leader's job, never by a scrape.
    """

    def __init__(self) -> None:
        self._made_at: datetime | None = None

    def look(self, last: Callable[[], datetime | None]) -> None:
        """Remember when the newest backup was made."""
        self._made_at = last()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauge."""
        family = GaugeMetricFamily("bellhop_backup_age_seconds", "Time since the newest backup was made.")
        if self._made_at is not None:
            family.add_metric([], max(0.0, (datetime.now(UTC) - self._made_at).total_seconds()))
        yield family

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Yield nothing, as above."""
        yield from ()


backup_age = BackupAge()


def register_all() -> None:
    """Let Prometheus ask; called once when the app is ready."""
    if settings.METRICS_ENABLED:
        REGISTRY.register(Standing())
        REGISTRY.register(backup_age)
