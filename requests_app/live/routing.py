"""The addresses of sockets."""

from __future__ import annotations

from typing import Any

from channels.routing import URLRouter
from django.urls import re_path

from requests_app.live.consumer import event_socket, unknown_socket

# Django's types know views only, and Channels' its own patterns; both take an ASGI application here.
_addresses: list[Any] = [
    re_path(r"^ws/events/?$", event_socket),  # type: ignore[arg-type]
    re_path(r"", unknown_socket),  # type: ignore[arg-type]
]
application = URLRouter(_addresses)
