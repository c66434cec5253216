"""A collector of traces and a Sentry on loopback: real HTTP, everything kept."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import brotli
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

UNPACKED: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}


class Outside:
    """Who was told what."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, bytes]] = []
        taking = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                plain = UNPACKED[self.headers.get("Content-Encoding", "")](body)
                taking.bodies.append((self.path, plain))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.dsn = f"http://public@127.0.0.1:{self.server.server_port}/7"

    @property
    def spans(self) -> list[tuple[str, Any]]:
        """Every span with the instance that sent it."""
        found = []
        for body in (body for path, body in self.bodies if path == "/v1/traces"):
            for of_process in ExportTraceServiceRequest.FromString(body).resource_spans:
                said = {it.key: it.value.string_value for it in of_process.resource.attributes}
                for scope in of_process.scope_spans:
                    found += [(said["service.instance.id"], span) for span in scope.spans]
        return found

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Every event of Sentry's envelopes."""
        found = []
        for body in (body for path, body in self.bodies if path == "/api/7/envelope/"):
            lines = body.split(b"\n")
            found += [
                json.loads(lines[place + 1])
                for place, line in enumerate(lines)
                if b'"type":"event"' in line.replace(b": ", b":")
            ]
        return found


@contextmanager
def outside() -> Iterator[Outside]:
    """Listen for the length of a block."""
    house = Outside()
    thread = Thread(target=house.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield house
    finally:
        house.server.shutdown()
        house.server.server_close()
        thread.join()
