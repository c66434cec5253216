"""The same path with a slash at its end answers the same, without a redirect."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cluster.middleware.layer import Layer

PREFIXES = ("/api/", "/health/", "/metrics/")


class TrailingSlashMiddleware(Layer):
    """Takes one slash off the end of the paths that programs call; pages keep theirs."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        take_slash_off(request)
        response: HttpResponse = self.get_response(request)
        return response

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI."""
        take_slash_off(request)
        response: HttpResponse = await self.get_response(request)
        return response


def take_slash_off(request: HttpRequest) -> None:
    """Drop one slash from the end of the path; two of them name nothing."""
    if request.path_info.endswith("/") and (
        request.path_info.startswith(PREFIXES) or request.path_info[:-1] == settings.HEALTH_CHECK_PATH
    ):
        request.path_info = request.path_info[:-1]
        request.path = request.path[:-1]
