"""How often which layer answered: counted once, for people and for Prometheus alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from threading import Lock

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector


class Layer(StrEnum):
    """What answered, as ``X-Cache`` says it."""

    NEAR = "L1"
    FAR = "L2"
    MISS = "MISS"
    BYPASS = "BYPASS"


RESULTS = {
    Layer.NEAR: (("L1", "hit"),),
    Layer.FAR: (("L1", "miss"), ("L2", "hit")),
    Layer.MISS: (("L1", "miss"), ("L2", "miss")),
    Layer.BYPASS: (("none", "bypass"),),
}
"""What an answer by one layer means for each; a layer that is away or absent counts as a miss."""

_counts: Counter[Layer] = Counter()
_lock = Lock()


def count(layer: Layer) -> Layer:
    """Count one answer."""
    with _lock:
        _counts[layer] += 1
    return layer


def counted() -> dict[str, int]:
    """Return how often each layer has answered since this process began."""
    with _lock:
        return {layer.value: _counts[layer] for layer in Layer}


def rates(requests: Mapping[str, int]) -> dict[str, object]:
    """Return counts as people read them: by layer, and the share that was not worked out anew."""
    hits = requests.get(Layer.NEAR, 0) + requests.get(Layer.FAR, 0)
    looked = hits + requests.get(Layer.MISS, 0)
    return {
        "requests": {layer.value: requests.get(layer, 0) for layer in Layer},
        "hits": hits,
        "misses": requests.get(Layer.MISS, 0),
        "hitRate": round(hits / looked, 4) if looked else 0.0,
    }


def summed(nodes: Iterable[Mapping[str, int]]) -> dict[str, object]:
    """Return the counts of several nodes as one."""
    total: Counter[str] = Counter()
    for requests in nodes:
        total.update(requests)
    return rates(total)


class CacheRequests(Collector):
    """Tells Prometheus the same numbers."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield one counter with the labels layer and result."""
        family = CounterMetricFamily(
            "bellhop_cache_requests", "Cached reads by layer and result.", labels=["layer", "result"]
        )
        totals: Counter[tuple[str, str]] = Counter()
        for layer, number in counted().items():
            for labels in RESULTS[Layer(layer)]:
                totals[labels] += number
        for labels, number in sorted(totals.items()):
            family.add_metric(labels, number)
        yield family


REGISTRY.register(CacheRequests())
