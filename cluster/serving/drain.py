"""Out of service without cutting anybody off, and back.

    begin   not ready, no leader, connections end with their answers
    …       grace: the balancer notices
            sockets are asked to come back elsewhere
    leave   after that too: calls are refused, those inside end, the server stops

``begin`` is an operator's, and ``end`` takes it back; ``leave`` is what SIGTERM does.
"""

from __future__ import annotations

import logging
import socket
import time
from threading import Event, Lock, Thread

from django.conf import settings

from cluster import hub, pulse
from cluster.serving.doors import Doors, entrance
from cluster.serving.listener import turn_away

logger = logging.getLogger("bellhop.drain")

LINGER_SECONDS = 0.25
LAST_CALL_SECONDS = 0.1


class Draining:
    """One time out of service."""

    def __init__(self, reason: str, grace: float) -> None:
        self.reason = reason
        self.over = Event()
        self._until = time.monotonic() + grace

    def wait_for_the_balancer(self) -> bool:
        """Wait for what is left of the grace; say whether it was taken back meanwhile."""
        return self.over.wait(max(0.0, self._until - time.monotonic()))

    def see_sockets_off(self) -> None:
        """Do what begins with the end of the grace."""
        if not self.wait_for_the_balancer():
            hub.say_goodbye(settings.DRAIN_TIMEOUT)
        if self.over.is_set():  # taken back while it was being said
            hub.stay()


_now: Draining | None = None
_leaving = False
_lock = Lock()


def is_draining() -> bool:
    """Say whether this process is out of service, or about to be."""
    return _now is not None


def begin(reason: str) -> None:
    """Take this process out of service, without waiting; it still answers who comes."""
    draining = _begin(reason, settings.DRAIN_GRACE)
    if draining is not None:
        Thread(target=draining.see_sockets_off, name="bellhop-drain", daemon=True).start()


def end() -> bool:
    """Take this process back into service; False when it was not out of it, or is leaving for good."""
    global _now  # noqa: PLW0603
    with _lock:
        if _now is None or _leaving:
            return False
        _now.over.set()
        _now = None
        hub.stay()
        entrance.set(Doors.OPEN)
        pulse.drain(draining=False)
    logger.info("drain.ended")
    return True


def leave(*, reason: str, hurried: bool, listener: socket.socket) -> bool:
    """Drain until the server may stop; return whether all calls inside came to their end."""
    global _leaving  # noqa: PLW0603
    _leaving = True
    _begin(reason, 0.0 if hurried else settings.DRAIN_GRACE)
    if not hurried and _now is not None:
        _now.wait_for_the_balancer()
    entrance.set(Doors.SHUT)
    logger.info("drain.shut")
    done = _emptied(hurried=hurried)
    if not hurried:
        turn_away(listener)
        Event().wait(LAST_CALL_SECONDS)  # who has connected by now is still refused in words
    return done


def _emptied(*, hurried: bool) -> bool:
    """See sockets off and wait for the calls inside, refusing others; say whether all came to their end."""
    begun = time.monotonic()
    hub.say_goodbye(settings.DRAIN_TIMEOUT, hurried=hurried)
    if not hurried:
        Event().wait(LINGER_SECONDS)
    if entrance.empty(max(0.0, begun + settings.DRAIN_TIMEOUT - time.monotonic())):
        return True
    logger.error("drain.calls_cut")
    return False


def _begin(reason: str, grace: float) -> Draining | None:
    """Be out of service from now on; None when that is so already."""
    global _now  # noqa: PLW0603
    with _lock:
        if _now is not None:
            return None
        _now = Draining(reason, grace)
        entrance.set(Doors.CLOSING)
        pulse.drain(draining=True)
    logger.info("drain.begun", extra={"reason": reason})
    return _now
