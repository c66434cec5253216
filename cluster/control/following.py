"""A node's ear on the control stream: reads what is new, and has it done elsewhere."""

from __future__ import annotations

from cluster.control.executing import Executor
from cluster.control.orders import given_after, position
from cluster.nodes import Life
from cluster.streams import Cursor

PAGE = 100


class Follower:
    """Reads orders for one process; ``turn`` is called every half second and never waits for a command."""

    def __init__(self) -> None:
        self._executor = Executor()
        self._known: Cursor | None = None
        self._life: Life | None = None

    def begin(self, life: Life, known: Cursor) -> None:
        """Follow for this life from ``known`` on, a position read before the life began."""
        self._life, self._known = life, known

    def rest(self) -> None:
        """Follow no more, until another life begins."""
        self._life = None

    def turn(self) -> None:
        """Take the orders that are new."""
        if self._life is None or self._known is None:
            return
        head = position()
        if head.epoch != self._known.epoch or head.seq < self._known.seq:
            self._known = head  # another numbering, after a restore: its orders are not for us
            return
        while self._known.seq < head.seq:
            self._read(self._life, self._known, head)

    def stop(self, seconds: float) -> None:
        """Wait a little for what is being done."""
        self._executor.stop(seconds)

    def _read(self, life: Life, known: Cursor, head: Cursor) -> None:
        orders = given_after(known, PAGE)
        for _, order in orders:
            if order.is_for(life.instance_id):
                self._executor.take(order, life)
        # What came after ``head`` was read is here already: it must not be taken twice.
        last = orders[-1][0] if orders else head.seq
        self._known = Cursor(head.epoch, last if len(orders) == PAGE else max(last, head.seq))
