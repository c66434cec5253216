"""The one background thread of a node: its heartbeat, its lease, the jobs due, orders, its report.

``start`` is called by whoever serves, in the process that serves: never before a fork, and never
when an app is only loaded, or every management command would be a node.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import time
from concurrent.futures import Future
from threading import Event, Lock, Thread

from django.db import Error as DatabaseProblem
from django.db import connection

from cluster import cache, control, flags, health, metrics, nodes, tuning, turns
from cluster.connections import connection_of_its_own
from cluster.jobs import Runner
from cluster.leader import Lease
from cluster.models import NodeRole
from cluster.nodes import Life
from cluster.postgresql.presence import presence
from cluster.releases import records
from cluster.reports import Reporter
from cluster.streams import Cursor

logger = logging.getLogger("bellhop.node")

TURN_SECONDS = 0.5
TURNS_A_BEAT = 2
TURNS_A_REPORT = 4
LOOP_PATIENCE_SECONDS = 2.0
JOBS_PATIENCE_SECONDS = 2.0
ORDERS_PATIENCE_SECONDS = 1.0
STOP_SECONDS = 8.0


class Pulse:
    """Keeps this process a member of the cluster until it is stopped."""

    def __init__(self, role: NodeRole) -> None:
        self.pid = os.getpid()
        self.lease = Lease()
        self._role = role
        self._life: Life | None = None
        self._runner = Runner()
        self._follower = control.Follower()
        self._reporter = Reporter()
        self._turns = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._load = Load()
        self._beaten_at = time.monotonic()
        self._database_ok = True
        self._entered: Future[None] = Future()
        self._stopping = Event()
        self._woken = Event()
        self._draining = self._said_draining = False
        self._thread = Thread(target=self._run, name="bellhop-node", daemon=True)
        self._health = health.Watch()

    def start(self) -> None:
        """Enter the cluster; return once we are in, or know that the database is away.

        Raises NameTaken when another live process has our name.
        """
        metrics.HEARTBEAT_AGE.set_function(lambda: time.monotonic() - self._beaten_at)
        metrics.LEADER.set_function(lambda: int(self.lease.term is not None))
        metrics.NODE_STATE.state("out")
        self._thread.start()
        self._entered.result()
        self._health.start()

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on beat only while this event loop answers: a wedged server is no good node."""
        self._loop = loop

    def stop(self) -> None:
        """Leave in good order; stopping twice is fine."""
        self._stopping.set()
        self._woken.set()
        self._health.stop()
        self._thread.join(STOP_SECONDS)

    def drain(self, *, draining: bool) -> None:
        """Say at once whether we are on the way out; a node that is leads nobody."""
        self._draining = draining
        self._woken.set()

    @property
    def is_in(self) -> bool:
        """Say whether we are a member, as far as we know."""
        return self._life is not None

    def _run(self) -> None:
        with connection_of_its_own():
            if not self._enter():
                return
            while not self._stopping.is_set():
                begun = time.monotonic()
                self._turn()
                self._woken.wait(max(0.0, begun + TURN_SECONDS - time.monotonic()))
                self._woken.clear()
            self._leave()

    def _enter(self) -> bool:
        """Take our name; say whether to go on. With the database away, we come in when it is back."""
        life = Life(self._role)
        try:
            # Read before we are seen: whoever sees us and orders something is heard.
            known = control.position()
            nodes.take(life, self._stopping)
        except DatabaseProblem as problem:
            self._missed(problem)
        except Exception as problem:  # noqa: BLE001 - NameTaken or worse: whoever starts us waits to hear it
            self._entered.set_exception(problem)
            return False
        else:
            self._begin(life, known)
        self._entered.set_result(None)
        return True

    def _turn(self) -> None:
        if not self._server_answers():
            metrics.HEARTBEATS_SKIPPED.inc()
            logger.warning("node.server_does_not_answer")
            return
        try:
            connection.close_if_unusable_or_obsolete()
            self._say_whether_we_drain()
            self._do_what_is_due()
        except DatabaseProblem as problem:
            self._missed(problem)
        except Exception:  # whatever it is, the next beat must come
            logger.exception("node.turn_failed")
        else:
            self._database_ok = True
            presence.found()
        cache.sweep()

    def _say_whether_we_drain(self) -> None:
        """Tell the others when it has changed, and let another lead."""
        if self._life is None or self._said_draining == self._draining:
            return
        draining = self._draining
        nodes.drain(self._life, draining=draining)
        self._said_draining = draining
        metrics.NODE_STATE.state("draining" if draining else "up")
        if draining:
            self._runner.rest()
            self.lease.release(self._life.boot)

    def _do_what_is_due(self) -> None:
        """Beat and lead each second, follow orders each half, report each two; the beat comes first."""
        turn, self._turns = self._turns, self._turns + 1
        if turn % TURNS_A_BEAT == 0:
            self._beat()
            self._lead()
        self._follower.turn()
        flags.refresh()
        turns.do_all()
        tuning.apply()
        if turn % TURNS_A_REPORT == 1 and self._life is not None:
            self._reporter.turn(self._life)

    def _beat(self) -> None:
        if self._life is None or not nodes.beat(
            self._life, connections=open_sockets(), load=self._load.since_last()
        ):
            self._come_back()
        if self._life is not None:
            self._beaten_at = time.monotonic()

    def _come_back(self) -> None:
        """Enter again, as another life: what this one believed to be true may not be so any more."""
        was, self._life = self._life, None
        self.lease.drop()
        self._follower.rest()
        life, known = Life(self._role), control.position()
        if nodes.claim(life):
            self._begin(life, known)
            cache.clear()
            metrics.NODE_REJOINS.inc()
            logger.warning("node.rejoined", extra={"boot": life.boot})
        elif was is not None:
            metrics.NODE_STATE.state("out")
            logger.error("node.name_taken", extra={"instance": life.instance_id})

    def _begin(self, life: Life, known: Cursor) -> None:
        self._life, self._beaten_at = life, time.monotonic()
        self._follower.begin(life, known)
        records.record()
        self._said_draining = False
        metrics.NODE_STATE.state("up")

    def _lead(self) -> None:
        if self._runner.deposed.is_set():
            self.lease.drop()
        life = None if self._draining else self._life
        term = self.lease.keep(life.instance_id, life.boot) if life else None
        if term is None:
            self._runner.rest()
        else:
            self._runner.turn(term)

    def _leave(self) -> None:
        self._runner.stop(JOBS_PATIENCE_SECONDS)
        self._follower.stop(ORDERS_PATIENCE_SECONDS)
        metrics.NODE_STATE.state("left")
        try:
            if self._life is not None:
                self.lease.release(self._life.boot)
                nodes.leave(self._life)
        except DatabaseProblem as problem:
            self._missed(problem)

    def _server_answers(self) -> bool:
        if self._loop is None:
            return True
        answered = Event()
        try:
            self._loop.call_soon_threadsafe(answered.set)
        except RuntimeError:  # it is closed: the process is about to end
            return True
        return answered.wait(LOOP_PATIENCE_SECONDS)

    def _missed(self, problem: Exception) -> None:
        if self._database_ok:
            logger.warning("node.database_away", extra={"problem": repr(problem)})
        self._database_ok = False
        if connection.connection is None or getattr(connection.connection, "closed", False):
            presence.lost()


class Load:
    """How much of a core this process uses."""

    def __init__(self) -> None:
        self._used, self._at = time.process_time(), time.monotonic()

    def since_last(self) -> float:
        """Return the share since the last call."""
        used, at = time.process_time(), time.monotonic()
        share = (used - self._used) / max(at - self._at, 0.001)
        self._used, self._at = used, at
        return round(share, 3)


def open_sockets() -> int:
    """Return how many sockets this process has open."""
    (gauge,) = metrics.SOCKETS.collect()
    return int(gauge.samples[0].value)


_pulse: Pulse | None = None
_starting = Lock()


def start(role: NodeRole = NodeRole.ALL) -> None:
    """Make this process a node, if it is none yet. Raises NameTaken."""
    global _pulse  # noqa: PLW0603
    with _starting:
        if _pulse is None or _pulse.pid != os.getpid():
            _pulse = Pulse(role)
            try:
                _pulse.start()
            except Exception:
                _pulse = None
                raise


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Let the heartbeat depend on the server's event loop."""
    if _pulse is not None:
        _pulse.watch(loop)


def drain(*, draining: bool) -> None:
    """Say that this node is on its way out, or is not after all."""
    if _pulse is not None:
        _pulse.drain(draining=draining)


def is_out() -> bool:
    """Say whether this process should be a member of the cluster and is not."""
    return _pulse is not None and not _pulse.is_in


def leads() -> bool:
    """Say whether this process surely leads at this moment."""
    return _pulse is not None and _pulse.lease.term is not None


def stop() -> None:
    """Take this process out of the cluster, if it is in it."""
    global _pulse
    pulse, _pulse = _pulse, None
    if pulse is not None and pulse.pid == os.getpid():
        pulse.stop()


# A server that ends without telling its application still leaves in good order.
atexit.register(stop)
