"""The socket a node listens on: opened before it enters the cluster, emptied before it is closed."""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from contextlib import suppress

BACKLOG = 1024
SO_ATTACH_FILTER = 26
SYN = 0x02
FLAGS_AT = 13
DROP_SYN = (
    struct.pack("HBBI", 0x30, 0, 0, FLAGS_AT),  # load the flags of the TCP header
    struct.pack("HBBI", 0x45, 1, 0, SYN),  # somebody new?
    struct.pack("HBBI", 0x06, 0, 0, 0xFFFFFFFF),  # no: let it through
    struct.pack("HBBI", 0x06, 0, 0, 0),  # yes: drop it
)


def listen(host: str, port: int) -> socket.socket:
    """Listen there. Raises OSError when the address is taken or none of ours."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return socket.create_server(address[:2], family=family, backlog=BACKLOG)


def turn_away(listener: socket.socket) -> None:
    """Let nobody new in, while those who have connected are still answered.

    A listening socket that is closed resets the connections that wait in its queue, calls and all
    (a client saw one in some hundreds of stops under load). So the kernel is told to drop the first
    packet of new ones: they try again within a second, and find nobody. Where the kernel can not be
    told so, the risk stays.
    """
    if sys.platform != "linux":
        return
    code = ctypes.create_string_buffer(b"".join(DROP_SYN))
    program = struct.pack("HP", len(DROP_SYN), ctypes.addressof(code))
    with suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
