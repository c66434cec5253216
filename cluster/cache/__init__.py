"""Reads that are worked out once and are never stale.

    generation = …   # what the stream heads say now: one small query, first of all
    kept, layer = cache.read(question, generation, make)

The generation is part of the key, so nothing is ever invalidated: a write moves the head, and the
old answer is not found any more, in this process, in the others and in Redis, whether Redis was
flushed, paused or restored meanwhile. What is kept ends at the moment the clock would make it
untrue, and after ``CACHE_TTL`` at the latest.
"""

from cluster.cache.counts import Layer, rates, summed
from cluster.cache.near import Kept
from cluster.cache.reading import Made, clear, is_enabled, near, peek, read, statistics, sweep, switched_by

__all__ = [
    "Kept",
    "Layer",
    "Made",
    "clear",
    "is_enabled",
    "near",
    "peek",
    "rates",
    "read",
    "statistics",
    "summed",
    "sweep",
    "switched_by",
]
