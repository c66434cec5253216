"""A real server process and real websocket clients, for the tests of the socket door."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from django.db import connection
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from cluster.local.process import free_port
from cluster.streams import Cursor, read_heads

SUBPROTOCOL = "bellhop.v1"
Frame = dict[str, Any]


class Node:
    """One server process."""

    def __init__(self, *limits: str, name: str = "node-1", **environment: str) -> None:
        self.port = free_port()
        database = connection.settings_dict
        url = f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
        if connection.vendor == "sqlite":
            url = f"sqlite:///{database['NAME']}"
        more = {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "settings.test",
            "INSTANCE_ID": name,
            **environment,
        }
        # Not a pipe: one that nobody reads would stop it.
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by stop
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.server", str(self.port), *limits],
            env={**os.environ, **more},
            cwd=Path(__file__).resolve().parents[2],
            stderr=self._said,
        )
        until(self._answers, 30)

    def open(self, headers: Mapping[str, str] | None = None, *subprotocols: str, **more: Any) -> Line:
        """Open a socket with our subprotocol and any others."""
        offered = [SUBPROTOCOL, *subprotocols]
        return Line(self.connect("/ws/events", additional_headers=headers, subprotocols=offered, **more))

    def connect(self, path: str, **options: Any) -> Any:
        return connect(f"ws://127.0.0.1:{self.port}{path}", max_size=None, proxy=None, **options)

    def stop(self) -> int:
        """Stop it as an operator would; return how it ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        if not self._said.closed:
            self.words = self._so_far()
            self._said.close()
        return self.process.returncode

    def _so_far(self) -> str:
        self._said.seek(0)
        return self._said.read()

    def _answers(self) -> bool:
        assert self.process.poll() is None, self._so_far()
        try:
            with self.connect("/ws/nobody"):
                return True
        except OSError:
            return False


class Line:
    """One client: says frames, waits for frames, remembers the events."""

    def __init__(self, connecting: Any) -> None:
        self._open = ExitStack()
        self.socket: ClientConnection = self._open.enter_context(connecting)
        self.events: list[Frame] = []

    def say(self, kind: str, **fields: object) -> None:
        self.say_text(json.dumps({"t": kind, **fields}))

    def say_text(self, text: str | bytes) -> None:
        self.socket.send(text)

    def next(self, seconds: float = 10) -> Frame:
        frame: Frame = json.loads(self.socket.recv(timeout=seconds))
        if frame["t"] == "ev":
            self.events.append(frame)
        return frame

    def wait_for(self, kind: str, seconds: float = 10, **wanted: object) -> Frame:
        """Return the next frame of a kind, whose fields are as wanted."""
        deadline = time.monotonic() + seconds
        while True:
            frame = self.next(max(0.01, deadline - time.monotonic()))
            if frame["t"] == kind and wanted.items() <= frame.items():
                return frame

    def sub(self, *rooms: str, **fields: object) -> Frame:
        self.say("sub", rooms=rooms, **{"id": 1, **fields})
        return self.wait_for("subbed")

    def wait_events(self, count: int, seconds: float = 10) -> list[Frame]:
        """Return the events once there are so many."""
        deadline = time.monotonic() + seconds
        while len(self.events) < count:
            self.next(max(0.01, deadline - time.monotonic()))
        return self.events

    def quiet_until(self, kind: str) -> list[Frame]:
        """Return the events before the next frame of a kind: a promise that there are no more."""
        self.wait_for(kind)
        return self.events

    def closed(self, seconds: float = 10) -> tuple[int, Frame | None]:
        """Return the close code, and the bye before it."""
        bye = None
        deadline = time.monotonic() + seconds
        try:
            while True:
                frame = self.next(max(0.01, deadline - time.monotonic()))
                bye = frame if frame["t"] == "bye" else bye
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006, bye

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def cursor(stream: int) -> Cursor:
    """Return where a property's stream stands now."""
    return read_heads([stream])[stream]


def since(slug: str, at: Cursor) -> dict[str, list[object]]:
    """Return a position as a client sends it."""
    return {slug: [at.epoch, at.seq]}


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for ``condition``, but not for ever."""
    deadline = time.monotonic() + seconds
    pause = Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        pause.wait(0.02)


@contextmanager
def running(*limits: str, **environment: str) -> Iterator[Node]:
    """A server for the length of a block; it must also end well."""
    node = Node(*limits, **environment)
    try:
        yield node
    finally:
        code = node.stop()
    assert code in (0, -signal.SIGTERM, 128 + signal.SIGTERM), node.words
    assert "Traceback" not in node.words, node.words
