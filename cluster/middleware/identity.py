"""Every request and every answer has a name, and leaves one line in the log."""

from __future__ import annotations

import re
import secrets
from contextvars import Token
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from cluster import flags, identity
from cluster.answers.pages import enveloped
from cluster.context import enter_request, leave_request
from cluster.middleware.access import log_access
from cluster.middleware.layer import Layer

SANE_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")


class RequestIdentityMiddleware(Layer):
    """Names the request (``X-Request-ID``) and this node (``X-Instance-ID``) on every answer.

    It stands first, so it also sees what the layers below could not turn into JSON.
    """

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        started, token = self._enter(request)
        try:
            return self._leave(request, self.get_response(request), started)
        finally:
            leave_request(token)

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI."""
        started, token = self._enter(request)
        try:
            return self._leave(request, await self.get_response(request), started)
        finally:
            leave_request(token)

    def _enter(self, request: HttpRequest) -> tuple[float, Token[str]]:
        # A worker thread still knows whose call it answered last.
        flags.concern(None)
        name = request_id(request)
        request.request_id = name  # type: ignore[attr-defined]
        return perf_counter(), enter_request(name)

    def _leave(self, request: HttpRequest, response: HttpResponse, started: float) -> HttpResponse:
        response = enveloped(request, response)
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        response.headers["X-Instance-ID"] = identity.instance_id()
        log_access(request, response, (perf_counter() - started) * 1000)
        return response


def request_id(request: HttpRequest) -> str:
    """Return the client's name for this request when it is a sane token, else a new one."""
    given: str = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if SANE_TOKEN.match(given) else secrets.token_hex(16)
