"""granian, for the role without sockets: the same view costs half the CPU it costs under ASGI."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.server.mt import MTServer

from cluster.serving.departure import Departure
from cluster.sockets import collector

BACKLOG = 1024


class OneProcess(MTServer):
    """granian's worker in a thread of this process, where its own server forks one.

    A supervisor with one worker supervises nothing here: killed, it left its worker serving, and
    the process that was started was not the node. See ADR 9.
    """

    def _check_gil(self) -> None:
        """Let it be: threads under the GIL are what our views want."""


def serve(application: Callable[..., Any], host: str, port: int, *, threads: int) -> None:
    """Serve a WSGI application until a signal ends it. Raises OSError when the address is taken."""
    address = resolved(host, port)
    server = OneProcess(
        "the application is at hand",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=threads,
        backlog=BACKLOG,
        http=HTTPModes.http1,
        loop=Loops.asyncio,
        websockets=False,
        log_enabled=False,
    )
    server.on_startup(partial(_hear_signals, server))
    collector.settle()
    server.serve(target_loader=lambda: application, wrap_loader=False)


def _hear_signals(server: OneProcess) -> None:
    """Take over the signals granian has just claimed; to reload is nothing it could do here."""
    Departure(server.signal_handler_interrupt).catch()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def resolved(host: str, port: int) -> str:
    """Return the address to listen on, once it is known to be free.

    granian shares its port with any process that asks, so a second one would start without a word.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with closing(socket.socket(family, kind, protocol)) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(address)
    return str(address[0])
