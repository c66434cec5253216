"""uvicorn, for the roles with sockets."""

from __future__ import annotations

import socket
import sys
from types import FrameType

import uvicorn
from django.conf import settings

from cluster.serving.departure import Departure
from cluster.sockets import collector
from cluster.sockets.protocol import HubProtocol

TURN_SECONDS = 0.0005
"""How long a thread may keep the interpreter from the loop: by Python's own 5 ms, a thousand who come
back at once, each with questions to the database, made the news of all others up to 0.3 s late."""
LARGEST_FRAME = 8 * 1024  # twice what the protocol allows: our own refusal is the clearer one


class DrainingServer(uvicorn.Server):
    """A server that is told to stop when everybody has been seen off, and not by the signal itself."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config)
        self._departure = Departure(listener, self._stop)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the doors, then settle down to long work."""
        await super().startup(sockets)
        sys.setswitchinterval(TURN_SECONDS)
        collector.settle()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Hear a signal in uvicorn's place."""
        self._departure.hear(sig, frame)

    def _stop(self) -> None:
        self.should_exit = True


def serve(application: str, listener: socket.socket) -> None:
    """Serve the application of this dotted path until a signal ends it."""
    DrainingServer(configuration(application), listener).run(sockets=[listener])


def configuration(application: str) -> uvicorn.Config:
    """The server's settings: our own logs and proxy rules in place of its."""
    module, _, name = application.rpartition(".")
    return uvicorn.Config(
        f"{module}:{name}",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        ws=HubProtocol,
        ws_ping_interval=None,  # our own heartbeats find a silent client, at less
        ws_max_size=LARGEST_FRAME,
        ssl_certfile=settings.SSL_CERTIFICATE,
        ssl_keyfile=settings.SSL_KEY,
        ws_per_message_deflate=False,  # an event is encoded once for everybody; deflating it is per socket
        timeout_graceful_shutdown=round(settings.DRAIN_TIMEOUT),
    )
