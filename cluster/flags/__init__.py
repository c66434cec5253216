"""Switches that act on every node within a second, without a restart.

    CACHING = flags.declare("request-caching", "Lists are answered from the cache.", since="0.1.0")
    …
    if flags.is_on(CACHING): …

A flag is on until it is switched off. ``since`` is the release that brought what it switches: a
rollback below that release switches it off first, everywhere, before any node changes.
"""

from cluster.flags.reading import is_on, refresh
from cluster.flags.registry import Flag, declare, declared, find
from cluster.flags.switching import SWITCHED, UnknownFlag, switch

__all__ = ["SWITCHED", "Flag", "UnknownFlag", "declare", "declared", "find", "is_on", "refresh", "switch"]
