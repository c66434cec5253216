"""Probes are answered before anything looks at the host name: they call by address."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse

from cluster.middleware.layer import Layer
from cluster.views import view_of


class ProbesMiddleware(Layer):
    """Answers ``/health``, ``/health/live``, ``/health/ready`` and ``/metrics`` for any Host."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        view = view_of(request.path_info)
        response: HttpResponse = view(request) if view else self.get_response(request)
        return response

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI; a probe may wait for the database, so not on the loop."""
        view = view_of(request.path_info)
        if view:
            return await sync_to_async(view, thread_sensitive=False)(request)
        response: HttpResponse = await self.get_response(request)
        return response
