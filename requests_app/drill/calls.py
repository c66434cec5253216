"""A small HTTP client that tells exactly how a call ended and never repeats one by itself."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import h11

CALL_SECONDS = 5.0
IDLE_SECONDS = 2.0
CHUNK = 65_536
LARGEST_ANSWER = 16 * 1024 * 1024


class NoAnswer(Exception):
    """The call ended without an answer; `outcome` is one word for how."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and when the call began and ended on our clock."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    began: float
    ended: float

    @property
    def said(self) -> dict[str, Any]:
        """The JSON object of the body; empty where there is none."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    @property
    def data(self) -> Any:
        """What a success carries."""
        return self.said.get("data")


@dataclass(slots=True)
class _Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    state: h11.Connection
    rested_at: float = 0.0

    def usable(self) -> bool:
        """Say whether it may carry another call: neither closed nor so old that it is about to be."""
        fresh = time.monotonic() - self.rested_at < IDLE_SECONDS
        return fresh and not (self.reader.at_eof() or self.writer.is_closing())


@dataclass(slots=True)
class Door:
    """One address and one credential; connections are kept alive and used one call at a time."""

    url: str
    token: str = ""
    seconds: float = CALL_SECONDS
    _resting: deque[_Line] = field(default_factory=deque)

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer. Raises NoAnswer: refused, reset or timeout."""
        target = f"{path}?{urlencode(query)}" if query else path
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.seconds):
                return await self._call(method, target, body, headers or {}, began)
        except TimeoutError:
            raise NoAnswer("timeout") from None
        except ConnectionRefusedError:
            raise NoAnswer("refused") from None
        except (OSError, EOFError, h11.ProtocolError):
            raise NoAnswer("reset") from None

    async def _call(
        self, method: str, target: str, body: object, headers: Mapping[str, str], began: float
    ) -> Answer:
        line = await self._line()
        try:
            payload = b"" if body is None else json.dumps(body).encode()
            self._send(line, method, target, payload, headers)
            status, told, content = await _heard(line)
        except BaseException:
            line.writer.transport.abort()
            raise
        self._rest(line)
        return Answer(status, told, content, began, time.monotonic())

    async def _line(self) -> _Line:
        while self._resting:
            line = self._resting.pop()
            if line.usable():
                line.state.start_next_cycle()
                return line
            line.writer.transport.abort()
        place = urlsplit(self.url)
        secure = place.scheme == "https"
        reader, writer = await asyncio.open_connection(
            place.hostname, place.port or (443 if secure else 80), ssl=secure or None
        )
        return _Line(reader, writer, h11.Connection(h11.CLIENT))

    def _send(
        self, line: _Line, method: str, target: str, payload: bytes, headers: Mapping[str, str]
    ) -> None:
        sent = {"Host": urlsplit(self.url).netloc, "Accept": "application/json", **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if payload:
            sent["Content-Type"] = "application/json"
        sent["Content-Length"] = str(len(payload))
        line.writer.write(
            (line.state.send(h11.Request(method=method, target=target, headers=list(sent.items()))) or b"")
            + (line.state.send(h11.Data(data=payload)) or b"")
            + (line.state.send(h11.EndOfMessage()) or b"")
        )

    def _rest(self, line: _Line) -> None:
        if line.state.our_state is h11.DONE and line.state.their_state is h11.DONE:
            line.rested_at = time.monotonic()
            self._resting.append(line)
        else:
            line.writer.transport.abort()

    def close(self) -> None:
        """Hang up."""
        while self._resting:
            self._resting.pop().writer.transport.abort()


async def _heard(line: _Line) -> tuple[int, dict[str, str], bytes]:
    status, told, content = 0, dict[str, str](), bytearray()
    while True:
        event = line.state.next_event()
        if event is h11.NEED_DATA:
            line.state.receive_data(await line.reader.read(CHUNK))
        elif isinstance(event, h11.Response):
            status = event.status_code
            told = {name.decode(): value.decode("latin-1") for name, value in event.headers}
        elif isinstance(event, h11.Data):
            content += event.data
            if len(content) > LARGEST_ANSWER:
                raise EOFError
        elif isinstance(event, h11.EndOfMessage):
            return status, told, bytes(content)
        elif isinstance(event, h11.ConnectionClosed):
            raise EOFError
