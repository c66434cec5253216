"""Calls pass the entrance: counted, and sent elsewhere once it is shut."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from cluster import metrics
from cluster.answers.pages import draining
from cluster.middleware.layer import Layer
from cluster.serving.doors import Doors, entrance


class EntranceMiddleware(Layer):
    """Refuses a call before anything of it is done when this node is about to stop.

    While it drains, every answer ends its connection: nobody is left on a kept-alive one when
    the server stops. It stands behind the probes, which are answered to the end.
    """

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        welcome = entrance.enter()
        try:
            return parting(self.get_response(request) if welcome else refusal(request))
        finally:
            entrance.leave(welcome)

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI."""
        welcome = entrance.enter()
        try:
            return parting(await self.get_response(request) if welcome else refusal(request))
        finally:
            entrance.leave(welcome)


def refusal(request: HttpRequest) -> HttpResponse:
    """Send a call elsewhere."""
    metrics.CALLS_REFUSED.inc()
    return draining(request)


def parting(response: HttpResponse) -> HttpResponse:
    """Let the answer end its connection, once this node drains."""
    if entrance.doors is not Doors.OPEN:
        response.headers["Connection"] = "close"
    return response
