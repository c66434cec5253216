"""uvicorn's websocket, lighter, and with a door for frames that are already made."""

from __future__ import annotations

from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from cluster.sockets.mailbox import Gate, Mailbox
from cluster.sockets.wire import EXTENSION

UNREADABLE = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class HubProtocol(WebSocketsSansIOProtocol):
    """Offers itself to the application as a ``Wire``, in the ASGI extension ``bellhop.wire``.

    Everything else, the handshake, reading, closing, is uvicorn's.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.queue: Mailbox[Any] = Mailbox()  # type: ignore[assignment]
        self.writable: Gate = Gate()  # type: ignore[assignment]
        self.writable.set()
        self._is_full = False
        self._offered: dict[str, Any] | None = None

    def data_received(self, data: bytes) -> None:
        """Read on; uvicorn would keep a client waiting for ever whose handshake can not be read."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.transport.is_closing():
            self.transport.write(UNREADABLE)
            self.transport.close()

    def handle_connect(self, event: Request) -> None:
        """Begin the conversation; with an extension agreed on, frames would differ from socket to socket."""
        super().handle_connect(event)
        if not self.conn.extensions and not self.close_sent:
            self._offered = cast("dict[str, Any]", self.scope["extensions"])
            self._offered[EXTENSION] = self

    def start_keepalive(self) -> None:
        """Forget the handshake, which is over when uvicorn calls this: it weighs as much as the socket."""
        self.request.headers.clear()
        self.response.headers.clear()
        cast("list[object]", self.scope["headers"]).clear()
        super().start_keepalive()

    def connection_lost(self, exc: Exception | None) -> None:
        """Hear of the end, and open the ring of references that the offer made."""
        super().connection_lost(exc)
        if self._offered is not None:
            self._offered.pop(EXTENSION, None)

    def pause_writing(self) -> None:
        """The client is slower than we are."""
        self._is_full = True
        super().pause_writing()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._is_full = False
        super().resume_writing()

    def write_now(self, frame: bytes) -> bool:
        """Write a whole frame, if the socket is open and takes more. It never waits.

        The very bytes that ``send`` would write, and under its conditions; what websockets counts
        while sending concerns fragments and closing only, which go the usual way.
        """
        if self._is_full or self.close_sent or self.disconnected or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    def drop(self) -> None:
        """End the connection with all that waits in it: ``close`` waits for one that reads nothing."""
        self.transport.abort()
