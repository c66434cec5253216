"""`manage.py serve`: one process that answers pages, JSON and sockets, and is a node of the cluster."""

import signal
import sys
from typing import Any

import structlog
import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cluster import pulse
from cluster.identity import instance_id
from cluster.nodes import NameTaken
from cluster.sockets.protocol import HubProtocol

logger = structlog.stdlib.get_logger("cluster.serve")

LARGEST_FRAME = 8 * 1024  # twice what the protocol allows: our own refusal is the clearer one
GRACE_SECONDS = 10
NAME_TAKEN = 78  # EX_CONFIG of sysexits.h: starting again without another INSTANCE_ID would not help


class Command(BaseCommand):
    """Serve until SIGTERM or Ctrl-C, then let what is being answered finish.

    Leaves with 78 when another live process has this instance id.
    """

    help = "Serve pages, JSON and sockets in one process (78 when another live one has its INSTANCE_ID)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The address, from the environment unless given."""
        parser.add_argument("--host", default=settings.LISTEN_HOST, help="address to listen on (HOST)")
        parser.add_argument("--port", type=int, default=settings.LISTEN_PORT, help="TCP port (PORT)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the server, which drains on SIGTERM and SIGINT and then raises them again: a clean end."""
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, lambda *_: sys.exit(0))
        try:
            pulse.start()
        except NameTaken as taken:
            raise CommandError(str(taken), returncode=NAME_TAKEN) from taken
        logger.info("serving", host=options["host"], port=options["port"], instance=instance_id())
        try:
            uvicorn.Server(configuration(options["host"], options["port"])).run()
        finally:
            pulse.stop()


def configuration(host: str, port: int) -> uvicorn.Config:
    """The server's settings: our own logs and proxy rules in place of its."""
    module, _, name = settings.ASGI_APPLICATION.rpartition(".")
    return uvicorn.Config(
        f"{module}:{name}",
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        ws=HubProtocol,
        ws_ping_interval=None,  # our own heartbeats find a silent client, at less
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,  # an event is encoded once for everybody; deflating it is per socket
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
