"""The addresses of sockets."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any

from cluster.hub.outbox import Send
from requests_app.live.consumer import event_socket, unknown_socket
from requests_app.live.socket import Receive

EVENTS = "/ws/events"


def application(scope: Mapping[str, Any], receive: Receive, send: Send) -> Awaitable[None]:
    """Lead a websocket to its door.

    A plain function: a router that awaits would stay beside each socket, with its own copy of the scope.
    """
    door = event_socket if scope["path"].removesuffix("/") == EVENTS else unknown_socket
    return door(scope, receive, send)
