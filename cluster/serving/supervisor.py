"""What systemd is told of this process, where it asked: sd_notify(3), one datagram on `NOTIFY_SOCKET`."""

from __future__ import annotations

import logging
import os
import socket

logger = logging.getLogger("bellhop.serve")


def ready() -> None:
    """Say that this node is in the cluster and listens, so `systemctl start` returns now and no sooner.

    A successor under the same pid says it again, which is nothing new to systemd.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    place = f"\0{address[1:]}" if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as door:
            door.sendto(b"READY=1", place)
    except OSError as problem:
        logger.warning("serve.not_notified", extra={"problem": problem.strerror})
