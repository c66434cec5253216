"""METRICS_PORT: a port of its own for the scraper, with the guards of /metrics and nothing else on it."""

from __future__ import annotations

import socket
from socketserver import ThreadingMixIn
from threading import BoundedSemaphore, Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse

from cluster.answers import problems, refuse
from cluster.middleware import RequestIdentityMiddleware, TrailingSlashMiddleware
from cluster.serving.listener import listen
from cluster.views import metrics

PATH = "/metrics"
AT_ONCE = 4
PATIENCE_SECONDS = 5.0


class MetricsHandler(WSGIHandler):
    """Django's handler with three rooms in place of the whole house."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware()

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Build the chain."""
        inner = convert_exception_to_response(only_metrics)
        self._middleware_chain = RequestIdentityMiddleware(TrailingSlashMiddleware(inner))


def only_metrics(request: HttpRequest) -> HttpResponse:
    """Answer the one path there is."""
    if request.path_info != PATH:
        return refuse(problems.NotFound("This port serves /metrics only."), request)
    return metrics(request)


class Quiet(WSGIRequestHandler):
    """Waits for nobody longer than a scrape may take, and leaves the log to our own line."""

    timeout = PATIENCE_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


class MetricsServer(ThreadingMixIn, WSGIServer):
    """A few scrapes at once; who comes beyond that is hung up on."""

    daemon_threads = True

    def __init__(self, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__((host, port), Quiet, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = str(host), int(port)
        self.setup_environ()
        self.set_app(MetricsHandler())
        self._places = BoundedSemaphore(AT_ONCE)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, where there is a place."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Give the place back at the end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a scraper that hangs up half-way do so."""


def open_door(host: str, port: int) -> None:
    """Answer /metrics there until the process ends. Raises OSError when the address is taken."""
    server = MetricsServer(listen(host, port))
    Thread(target=server.serve_forever, name="bellhop-metrics", daemon=True).start()
