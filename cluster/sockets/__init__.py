"""Websockets as cheap as the event loop allows: one frame made once, written to all.

The server's own protocol class offers itself to the application as an ASGI extension; under any
other server the application sends as usual.
"""

from cluster.sockets.frames import Text
from cluster.sockets.wire import EXTENSION, Wire

__all__ = ["EXTENSION", "Text", "Wire"]
