"""Every request and every answer has a name, and leaves one line in the log."""

from __future__ import annotations

import re
import secrets
from contextlib import AbstractContextManager
from contextvars import Token
from time import perf_counter

from django.http import HttpRequest, HttpResponse

from cluster import flags, identity
from cluster.answers.pages import enveloped
from cluster.context import enter_request, leave_request
from cluster.middleware.access import count_answer, is_probe, log_access, route
from cluster.middleware.layer import Layer
from cluster.tracing import UNFOLLOWED, Followed, tracer

SANE_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")


class RequestIdentityMiddleware(Layer):
    """Names the request (``X-Request-ID``) and this node (``X-Instance-ID``) on every answer.

    It stands first, so it also sees what the layers below could not turn into JSON.
    """

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        started, token = self._enter(request)
        try:
            with self._followed(request) as followed:
                return self._leave(request, self.get_response(request), started, followed)
        finally:
            leave_request(token)

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI."""
        started, token = self._enter(request)
        try:
            with self._followed(request) as followed:
                return self._leave(request, await self.get_response(request), started, followed)
        finally:
            leave_request(token)

    def _enter(self, request: HttpRequest) -> tuple[float, Token[str]]:
        # A worker thread still knows whose call it answered last.
        flags.concern(None)
        name = request_id(request)
        request.request_id = name  # type: ignore[attr-defined]
        return perf_counter(), enter_request(name)

    def _followed(self, request: HttpRequest) -> AbstractContextManager[Followed]:
        if is_probe(request):  # they come every second, and lead nowhere
            return UNFOLLOWED
        return tracer().call(request, request.request_id)  # type: ignore[attr-defined]

    def _leave(
        self, request: HttpRequest, response: HttpResponse, started: float, followed: Followed
    ) -> HttpResponse:
        response = enveloped(request, response)
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        response.headers["X-Instance-ID"] = identity.instance_id()
        count_answer(request, response)
        followed.answered(route=route(request), status=response.status_code)
        log_access(request, response, (perf_counter() - started) * 1000)
        return response


def request_id(request: HttpRequest) -> str:
    """Return the client's name for this request when it is a sane token, else a new one."""
    given: str = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if SANE_TOKEN.match(given) else secrets.token_hex(16)
