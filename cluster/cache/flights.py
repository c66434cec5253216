"""One at a time: what several threads ask at once is worked out by the first of them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock

from cluster.cache.near import Kept

WAIT_SECONDS = 1.0

Make = Callable[[], Kept]


class Flight:
    """One answer on its way."""

    __slots__ = ("done", "kept")

    def __init__(self) -> None:
        self.done = Event()
        self.kept: Kept | None = None


_flights: dict[tuple[str, str], Flight] = {}
_lock = Lock()


def fly(question: str, generation: str, make: Make) -> tuple[Kept, bool]:
    """Return the answer, and whether it was another thread that made it.

    Who has waited in vain, because the first one failed or takes too long, works it out alone.
    """
    key = (question, generation)
    with _lock:
        flight = _flights.get(key)
        first = flight is None
        if flight is None:
            flight = _flights[key] = Flight()
    if not first:
        flight.done.wait(WAIT_SECONDS)
        return (make(), False) if flight.kept is None else (flight.kept, True)
    try:
        flight.kept = make()
        return flight.kept, False
    finally:
        with _lock:
            del _flights[key]
        flight.done.set()
