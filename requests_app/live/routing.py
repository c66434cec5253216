"""The addresses of sockets."""

from __future__ import annotations

from channels.routing import URLRouter
from django.urls import re_path

from requests_app.live.consumer import event_socket, unknown_socket

application = URLRouter([re_path(r"^ws/events/?$", event_socket), re_path(r"", unknown_socket)])
