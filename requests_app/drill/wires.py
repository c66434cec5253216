"""A websocket of few words: enough protocol to listen quickly, a thousand times over."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import ssl
import struct
from collections.abc import Callable
from urllib.parse import urlsplit

PATH, SUBPROTOCOL = "/ws/events", "bellhop.v1"
OPEN_SECONDS = 5.0
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
ABNORMAL = 1006
SMALL_BUFFER = 4096

Hear = Callable[[bytes], None]
Lost = Callable[[int], None]


class NotOpened(Exception):
    """The handshake failed; the text says how."""


class Wire(asyncio.Protocol):
    """One connection. It masks with zeros only, which is legal and cheap."""

    def __init__(self, url: str, token: str, hear: Hear, lost: Lost) -> None:
        self.url, self.token, self.hear, self.lost = url, token, hear, lost
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._buffer = b""
        self._code = ABNORMAL

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        lines = [
            f"GET {PATH} HTTP/1.1",
            f"Host: {urlsplit(self.url).netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            *(
                [f"Sec-WebSocket-Protocol: {SUBPROTOCOL}", f"Authorization: Bearer {self.token}"]
                * bool(self.token)
            ),
        ]
        transport.write("\r\n".join(lines).encode() + b"\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        """Take the handshake's answer, then frames."""
        data = self._buffer + data if self._buffer else data
        if not self.opened.done():
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            if b" 101 " not in head[:20]:
                self.opened.set_exception(NotOpened(head[9:12].decode("latin-1")))
                self.transport.abort()
                return
            self.opened.set_result(None)
        self._buffer = self._take(data)

    def _take(self, data: bytes) -> bytes:
        """Take whole frames; return what is left."""
        at, end = 0, len(data)
        while end - at >= 2:
            length, start = data[at + 1] & 127, at + 2
            if length >= 126:
                width = 2 if length == 126 else 8
                if end - start < width:
                    break
                length = int.from_bytes(data[start : start + width])
                start += width
            if end - start < length:
                break
            self._understand(data[at] & 15, data[start : start + length])
            at = start + length
        return data[at:]

    def _understand(self, kind: int, payload: bytes) -> None:
        if kind == TEXT:
            self.hear(payload)
        elif kind == PING:
            self._send(PONG, payload)
        elif kind == CLOSE:
            self._code = int.from_bytes(payload[:2]) if len(payload) >= 2 else 1005
            self._send(CLOSE, payload[:2])
            self.transport.close()

    def say(self, text: str) -> None:
        """Send a text."""
        self._send(TEXT, text.encode())

    def _send(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        head = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
        if not self.transport.is_closing():
            self.transport.write(bytes([0x80 | kind]) + head + b"\0\0\0\0" + payload)

    def connection_lost(self, _: Exception | None) -> None:
        """Tell whoever waits, with the close code where one came."""
        if not self.opened.done():
            self.opened.set_exception(NotOpened("lost"))
            self.opened.exception()  # whoever stopped waiting need not be told
        self.lost(self._code)

    def go_deaf(self) -> None:
        """Stop reading, as a phone in a lift does; the server is not told."""
        self.transport.pause_reading()

    def hang_up(self) -> None:
        """Leave at once."""
        self.transport.abort()


async def open_wire(url: str, token: str, hear: Hear, lost: Lost, *, slow: bool = False) -> Wire:
    """Return an open connection. Raises NotOpened, and nothing else; `slow` gives it a tiny buffer."""
    place = urlsplit(url)
    secure = place.scheme in ("https", "wss")
    host, port = place.hostname or "127.0.0.1", place.port or (443 if secure else 80)
    wire = Wire(url, token, hear, lost)
    loop = asyncio.get_running_loop()
    context = ssl.create_default_context() if secure else None
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            if slow:
                await loop.create_connection(lambda: wire, sock=await _narrow(host, port))
            else:
                await loop.create_connection(lambda: wire, host, port, ssl=context)
            await wire.opened
    except (OSError, TimeoutError) as problem:
        if hasattr(wire, "transport"):
            wire.transport.abort()
        raise NotOpened(type(problem).__name__) from None
    return wire


async def _narrow(host: str, port: int) -> socket.socket:
    """Return a connection whose receiving buffer is as small as the system allows."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    end = socket.socket(family)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    end.setblocking(False)  # noqa: FBT003
    await asyncio.get_running_loop().sock_connect(end, (host, port))
    return end
