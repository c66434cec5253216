"""The few different things a source has tried lately: ids that are not there, names at the login."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from time import monotonic

SECONDS = 300.0
MOST_THINGS = 64
MOST_SOURCES = 2_000


class Recent:
    """How many different things, by source; bounded in sources and in things."""

    def __init__(self) -> None:
        self._tried: OrderedDict[str, tuple[float, set[bytes]]] = OrderedDict()
        self._lock = Lock()

    def add(self, source: str, thing: str) -> int:
        """Note one and return how many different ones there were in these minutes."""
        now = monotonic()
        with self._lock:
            since, things = self._tried.get(source, (now, set()))
            if now - since > SECONDS:
                since, things = now, set()
            if len(things) < MOST_THINGS:
                things.add(hashlib.blake2b(thing.encode(errors="replace"), digest_size=8).digest())
            self._tried[source] = since, things
            self._tried.move_to_end(source)
            while len(self._tried) > MOST_SOURCES:
                self._tried.popitem(last=False)
            return len(things)


misses = Recent()
names = Recent()
