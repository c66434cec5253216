"""What a server of ours offers to the application beside ASGI."""

from __future__ import annotations

from typing import Protocol

EXTENSION = "bellhop.wire"
"""Where a scope's extensions hold the socket's ``Wire``; absent under any other server."""


class Wire(Protocol):
    """A websocket that takes frames as they stand."""

    def write_now(self, frame: bytes) -> bool:
        """Write a whole frame without waiting, or say that it could not be written."""

    def drop(self) -> None:
        """End the connection with all that waits in it."""
