"""A thousand websocket clients in one process: just enough protocol to count frames quickly."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

AT_A_TIME = 50
PATIENCE = 60.0
EVENT, READY, BEAT = b'{"t":"ev"', b'{"t":"subbed"', b'{"t":"hb"'
PING = 9


class Count:
    """A number that only grows, and can be waited for."""

    def __init__(self) -> None:
        self.number = self._wanted = 0
        self._reached = asyncio.Event()

    def up(self) -> None:
        """Count one more."""
        self.number += 1
        if self.number == self._wanted:
            self._reached.set()

    async def reach(self, number: int) -> None:
        """Wait until the number is at least ``number``."""
        if self.number < number:
            self._wanted = number
            self._reached.clear()
            await self._reached.wait()


@dataclass(slots=True)
class Crowd:
    """Clients of one server, and what they have heard together."""

    port: int
    path: str = "/"
    headers: Sequence[str] = ()
    subscribe: str = ""
    ready: Count = field(default_factory=Count)
    heard: Count = field(default_factory=Count)
    lost: int = 0
    clients: list[Client] = field(default_factory=list)

    async def come(self, number: int) -> None:
        """Connect clients until there are ``number``, and wait until all are listening."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE):
            for place in range(len(self.clients), number):
                header = self.headers[place % len(self.headers)] if self.headers else ""
                client = Client(self, header)
                await loop.create_connection(partial(_itself, client), "127.0.0.1", self.port)
                self.clients.append(client)
                await self.ready.reach(place - AT_A_TIME)
            await self.ready.reach(number)

    async def hear(self, number: int) -> None:
        """Wait until so many event frames have come. Raises when a client was lost or they never come."""
        async with asyncio.timeout(PATIENCE):
            await self.heard.reach(number)
        if self.lost:
            raise RuntimeError(f"{self.lost} clients were sent away")

    def go(self) -> None:
        """Hang up."""
        for client in self.clients:
            client.transport.abort()


class Client(asyncio.Protocol):
    """One websocket. It never masks with anything but zeros, which is legal."""

    def __init__(self, crowd: Crowd, header: str) -> None:
        self.crowd, self.header = crowd, header
        self._buffer, self._is_open = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {self.crowd.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.crowd.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *([self.header] if self.header else []),
            *(["Sec-WebSocket-Protocol: bellhop.v1"] if self.crowd.subscribe else []),
        ]
        transport.write("\r\n".join(lines).encode() + b"\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        if not self._is_open:
            head, found, rest = data.partition(b"\r\n\r\n")
            if not found:
                self._buffer = data
                return
            if b" 101 " not in head[:20]:
                raise RuntimeError(head.decode())
            self._is_open = True
            self._opened()
            data = rest
        self._buffer = self._take(data)

    def _opened(self) -> None:
        if self.crowd.subscribe:
            self._send(1, self.crowd.subscribe.encode())
        else:
            self.crowd.ready.up()

    def _take(self, data: bytes) -> bytes:
        """Take whole frames; return what is left."""
        at, end = 0, len(data)
        while end - at >= 2:
            length, start = data[at + 1] & 127, at + 2
            if length == 126:
                if end - at < 4:
                    break
                (length,) = struct.unpack_from(">H", data, at + 2)
                start = at + 4
            if end - start < length:
                break
            self._understand(data[at] & 15, data, start, length)
            at = start + length
        return data[at:]

    def _understand(self, kind: int, data: bytes, start: int, length: int) -> None:
        if data.startswith(EVENT, start):
            self.crowd.heard.up()
        elif data.startswith(READY, start):
            self.crowd.ready.up()
        elif data.startswith(BEAT, start):
            self._send(1, b'{"t":"hb"}')
        elif kind == PING:
            self._send(10, data[start : start + length])

    def _send(self, kind: int, payload: bytes) -> None:
        size = (
            bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack(">H", len(payload))
        )
        self.transport.write(bytes([0x80 | kind]) + size + b"\0\0\0\0" + payload)

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.lost += 1


def _itself(client: Client) -> Client:
    return client


def subscription(room: str) -> str:
    """Return the frame that joins a room."""
    return json.dumps({"t": "sub", "id": 1, "rooms": [room]})
