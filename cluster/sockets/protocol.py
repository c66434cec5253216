"""uvicorn's websocket with a door for frames that are already made."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from cluster.sockets.frames import EXTENSION


class HubProtocol(WebSocketsSansIOProtocol):
    """Offers ``write_now`` to the application, as the ASGI extension ``bellhop.frames``.

    Everything else, the handshake, reading, pings, closing, is uvicorn's.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._is_full = False

    def handle_connect(self, event: Request) -> None:
        """Begin the conversation; with an extension agreed on, frames would differ from socket to socket."""
        super().handle_connect(event)
        if not self.conn.extensions and not self.close_sent:
            self.scope["extensions"][EXTENSION] = self.write_now  # type: ignore[index,typeddict-item]

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
