"""granian, for the role without sockets: the same view costs half the CPU it costs under ASGI."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from typing import Any

from django.conf import settings
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces, Loops, SSLProtocols
from granian.server.mt import MTServer

from cluster.serving.departure import Departure
from cluster.serving.listener import BACKLOG
from cluster.sockets import collector


class OneProcess(MTServer):
    """granian's worker in a thread of this process, where its own server forks one.

    A supervisor with one worker supervises nothing here: killed, it left its worker serving, and
    the process that was started was not the node. See ADR 9.
    """

    def __init__(self, listener: socket.socket, **options: Any) -> None:
        super().__init__("the application is at hand", **options)
        self._listener = listener

    def _check_gil(self) -> None:
        """Let it be: threads under the GIL are what our views want."""

    def _init_shared_socket(self) -> None:
        """Take our socket: granian's own shares its port with any process that asks for it."""
        self._listener.setblocking(False)  # noqa: FBT003
        fd, is_unix = self._listener.dup().detach(), False
        self._ssp = None
        self._shd = SocketHolder(fd, is_unix, BACKLOG)  # type: ignore[call-arg, assignment]


def serve(application: Callable[..., Any], listener: socket.socket, *, threads: int) -> None:
    """Serve a WSGI application until a signal ends it."""
    server = OneProcess(
        listener,
        interface=Interfaces.WSGI,
        blocking_threads=threads,
        http=HTTPModes.http1,
        loop=Loops.asyncio,
        websockets=False,
        log_enabled=False,
        ssl_cert=settings.SSL_CERTIFICATE,
        ssl_key=settings.SSL_KEY,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    departure = Departure(listener, server.signal_handler_interrupt)
    server.on_startup(lambda: _hear_signals(departure))
    collector.settle()
    server.serve(target_loader=lambda: application, wrap_loader=False)


def _hear_signals(departure: Departure) -> None:
    """Take over the signals granian has just claimed; to reload is nothing it could do here."""
    departure.catch()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
