"""Every series the code exports, with its labels: what dashboards, alerts and documents may name."""

from __future__ import annotations

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric

import settings.asgi  # noqa: F401 - every module that counts is behind a door

SUFFIXES = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_sum", "_count"),
    "summary": ("", "_sum", "_count"),
}
OF_TYPES = {"histogram": ("le",), "summary": ("quantile",)}
OF_PROMETHEUS = {"up": frozenset[str]()}
OF_EVERY_TARGET = frozenset({"job", "instance"})


def exported() -> dict[str, frozenset[str]]:
    """Return each series' name and the labels it has."""
    found = dict(OF_PROMETHEUS)
    for collector in list(REGISTRY._collector_to_names):
        own = getattr(collector, "_labelnames", ())
        for family in collector.collect():
            labels = {*own, *labels_of(family), *OF_TYPES.get(family.type, ())}
            for suffix in SUFFIXES.get(family.type, ("",)):
                # A label Prometheus has for itself is kept as exported_…: our jobs', for one.
                kept = {f"exported_{it}" if it in OF_EVERY_TARGET else it for it in labels}
                found[f"{family.name}{suffix}"] = frozenset(kept)
    return {name: labels | OF_EVERY_TARGET for name, labels in found.items()}


def labels_of(family: Metric) -> set[str]:
    """The labels a family declares, and those its samples have."""
    declared = set(getattr(family, "_labelnames", ()) or ())
    return declared.union(*(sample.labels for sample in family.samples))
