"""Doing orders: one after the other, in a thread that no heartbeat waits for."""

from __future__ import annotations

import logging
from collections import deque
from threading import Lock, Thread
from time import monotonic

from django.db import Error as DatabaseProblem
from django.db import connections

from cluster.clock import database_time
from cluster.control import acks
from cluster.control.acks import Ack
from cluster.control.commands import ControlFailed, obey
from cluster.control.orders import Order
from cluster.nodes import Life

logger = logging.getLogger("bellhop.control")

MOST_WAITING = 100
PATIENCE_SECONDS = 30.0
TRIES = 3


class Executor:
    """A queue of orders and the thread that works it off; there is none while nothing is ordered."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Order, Life]] = deque()
        self._lock = Lock()
        self._thread: Thread | None = None

    def take(self, order: Order, life: Life) -> None:
        """Do an order as soon as those before it are done."""
        if len(self._waiting) >= MOST_WAITING:
            acks.write(order, life, Ack(ok=False, detail="too many orders wait on this node"))
            return
        with self._lock:
            self._waiting.append((order, life))
            if self._thread is None:
                self._thread = Thread(target=self._work, name="bellhop-control", daemon=True)
                self._thread.start()

    def stop(self, seconds: float) -> None:
        """Forget what waits; give what is being done a little time."""
        self._waiting.clear()
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _work(self) -> None:
        try:
            while (next_one := self._next()) is not None:
                answer(*next_one)
        finally:
            connections.close_all()

    def _next(self) -> tuple[Order, Life] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._thread = None
            return None


def answer(order: Order, life: Life) -> None:
    """Do an order and write what came of it; a database that is away for a moment is asked again."""
    ack = _done(order)
    logger.info(
        "control.obeyed" if ack.ok else "control.failed",
        extra={"order": order.id, "command": order.name, "by": order.by, "detail": ack.detail},
    )
    for attempt in range(1, TRIES + 1):
        try:
            acks.write(order, life, ack)
        except DatabaseProblem as problem:
            connections.close_all()
            logger.warning("control.unanswered", extra={"attempt": attempt, "problem": repr(problem)})
        else:
            return


def _done(order: Order) -> Ack:
    """Do an order with bounded patience: what hangs goes on alone, and the next order's turn comes."""
    if order.is_over(database_time()):
        return Ack(ok=False, detail="too late: the order is more than 60 s old")
    found: list[Ack] = []
    begun = monotonic()
    thread = Thread(
        target=lambda: found.append(_tried(order)), name=f"bellhop-control-{order.name}", daemon=True
    )
    thread.start()
    thread.join(PATIENCE_SECONDS)
    if found:
        return found[0]
    return Ack(ok=False, detail=f"still busy with it after {monotonic() - begun:.0f} s")


def _tried(order: Order) -> Ack:
    try:
        return Ack(ok=True, detail=obey(order.name, order.arguments))
    except ControlFailed as refused:
        return Ack(ok=False, detail=str(refused))
    except Exception as problem:
        # The words of an unexpected problem may hold anything; they are for this node's log only.
        logger.exception("control.command_raised", extra={"order": order.id, "command": order.name})
        return Ack(ok=False, detail=f"{type(problem).__name__}; see this node's log, order {order.id}")
    finally:
        connections.close_all()
