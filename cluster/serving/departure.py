"""What SIGTERM and Ctrl-C set in motion."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from threading import Event, Thread
from types import FrameType

from django.conf import settings

from cluster import pulse
from cluster.serving import drain, successor

SIGNALS = (signal.SIGTERM, signal.SIGINT)
CUT = 1
ENDING_SECONDS = 1.0


class Departure:
    """The first signal drains, the second ends the process now, the third without a word to anybody.

    Ctrl-C comes from somebody who looks on and waits: nobody is given time to notice, but what is
    being answered is still answered.
    """

    def __init__(self, listener: socket.socket, stop_server: Callable[[], None]) -> None:
        self._listener = listener
        self._stop_server = stop_server
        self._heard = 0

    def catch(self) -> None:
        """Be the one who hears the signals."""
        for number in SIGNALS:
            signal.signal(number, self.hear)

    def hear(self, number: int, _: FrameType | None = None) -> None:
        """Act on one signal; the waiting is done by a thread, so that the next one is heard."""
        self._heard += 1
        if self._heard == 1:
            _start(self._leave, number)
        elif self._heard == 2:
            _start(end, 128 + number)
        else:
            os._exit(128 + number)

    def _leave(self, number: int) -> None:
        """Drain; the server then ends by itself, unless a call or a stream never does."""
        word, hurried = signal.Signals(number).name, number == signal.SIGINT
        done = drain.leave(reason=word, hurried=hurried, listener=self._listener)
        self._stop_server()
        Event().wait(settings.DRAIN_TIMEOUT if done else ENDING_SECONDS)
        pulse.stop()
        successor.take_over()
        os._exit(CUT)


def end(code: int) -> None:
    """Leave the cluster and end the process, whatever its threads are doing."""
    pulse.stop()
    os._exit(code)


def _start(act: Callable[[int], None], number: int) -> None:
    Thread(target=act, args=(number,), name="bellhop-departure", daemon=True).start()
