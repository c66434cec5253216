"""`manage.py serve`: one process that is a node of the cluster, in one of three roles."""

import signal
import sys
from collections.abc import Callable
from socket import socket
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from cluster import pulse
from cluster.identity import instance_id
from cluster.models import NodeRole
from cluster.nodes import NameTaken
from cluster.serving import asgi, scraped, successor, supervisor, wsgi
from cluster.serving.listener import listen

logger = structlog.stdlib.get_logger("cluster.serve")

Door = TypeVar("Door")

NAME_TAKEN = 78  # EX_CONFIG of sysexits.h: starting again without another INSTANCE_ID would not help


class Command(BaseCommand):
    """Serve until SIGTERM or Ctrl-C, then let what is being answered finish.

    Leaves with 78 when another live process has this instance id.
    """

    help = "Serve pages, JSON and sockets in one process (78 when another live one has its INSTANCE_ID)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Role and address, from the environment unless given."""
        parser.add_argument(
            "--role",
            choices=NodeRole.values,
            default=settings.ROLE,
            help="all: everything; web: JSON and pages; live: sockets (ROLE)",
        )
        parser.add_argument("--host", default=settings.LISTEN_HOST, help="address to listen on (HOST)")
        parser.add_argument("--port", type=int, default=settings.LISTEN_PORT, help="TCP port (PORT)")
        parser.add_argument(
            "--look",
            action="store_true",
            help="only see whether it could serve: configuration, schema, code; 0 when it could",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Enter the cluster, serve, leave it; or only look whether that could be."""
        if options["look"]:
            self.check()
            look()
            return
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, lambda *_: sys.exit(0))
        role, host, port = NodeRole(options["role"]), options["host"], options["port"]
        known_by_certificate()
        listener = opened(listen, host, port)
        if settings.METRICS_ENABLED and settings.METRICS_PORT:
            opened(scraped.open_door, host, settings.METRICS_PORT)
        try:
            pulse.start(role)
        except NameTaken as taken:
            raise CommandError(str(taken), returncode=NAME_TAKEN) from taken
        logger.info("serving", role=role, host=host, port=port, instance=instance_id())
        supervisor.ready()
        try:
            serve(role, listener)
        finally:
            pulse.stop()
            successor.take_over()


def look() -> None:
    """Do all of a start that disturbs nobody: certificate, schema, and the code of every role."""
    known_by_certificate()
    executor = MigrationExecutor(connection)
    if behind := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError(
            f"The schema is behind: {len(behind)} migrations of this release are not applied, {behind[0][0]}"
            " first. Run its `manage.py migrate`."
        )
    for application in (settings.WSGI_APPLICATION, settings.ASGI_APPLICATION, settings.LIVE_APPLICATION):
        import_string(application)


def known_by_certificate() -> None:
    """Look at the certificate and its key, where there are any, before anybody is let in."""
    if settings.SSL_CERTIFICATE is None:
        return
    try:
        SSLContext(PROTOCOL_TLS_SERVER).load_cert_chain(
            settings.SSL_CERTIFICATE, settings.SSL_KEY, password=""
        )
    except OSError as problem:  # ssl's own errors are of this kind too
        told = f"SSL_CERTIFICATE and SSL_KEY are no pair that can be used without a password: {problem}."
        raise CommandError(told, returncode=NAME_TAKEN) from problem


def opened(door: Callable[[str, int], Door], host: str, port: int) -> Door:
    """Open a door on that address, or tell in one sentence why it can not be."""
    try:
        return door(host, port)
    except OSError as problem:
        raise CommandError(f"Can not listen on {host}:{port}: {problem.strerror}.") from problem


def serve(role: NodeRole, listener: socket) -> None:
    """Run the server of a role until it is told to stop."""
    if role is NodeRole.WEB:
        for notice in settings.CONFIGURATION_NOTICES():
            logger.warning(notice)
        wsgi.serve(import_string(settings.WSGI_APPLICATION), listener, threads=settings.WEB_THREADS)
    else:
        asgi.serve(
            settings.LIVE_APPLICATION if role is NodeRole.LIVE else settings.ASGI_APPLICATION, listener
        )
