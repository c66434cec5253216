"""A text for websockets, as ASGI sends it and as it looks on the wire."""

from __future__ import annotations

import struct
from typing import Any

WHOLE_TEXT = 0x81  # final fragment, opcode text (RFC 6455, section 5.2)
TWO_BYTES, EIGHT_BYTES = 126, 127


class Text(dict[str, Any]):
    """The ASGI message that sends a text; ``wire`` is its frame.

    A server does not mask what it sends, so a frame is the same for every socket that agreed on
    no extension: it is made with the first one and shared by all.
    """

    __slots__ = ("_wire",)

    def __init__(self, text: str) -> None:
        super().__init__(type="websocket.send", text=text)
        self._wire: bytes | None = None

    @property
    def wire(self) -> bytes:
        """The whole frame."""
        if self._wire is None:
            self._wire = framed(self["text"].encode())
        return self._wire


def framed(payload: bytes) -> bytes:
    """Return an unmasked text frame."""
    size = len(payload)
    if size < TWO_BYTES:
        head = struct.pack("!BB", WHOLE_TEXT, size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", WHOLE_TEXT, TWO_BYTES, size)
    else:
        head = struct.pack("!BBQ", WHOLE_TEXT, EIGHT_BYTES, size)
    return head + payload
