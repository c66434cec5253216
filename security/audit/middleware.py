"""Says where a call comes from, and notices what it was refused."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse

from cluster.middleware.layer import Layer
from security.audit.origin import Origin, enter, leave, of_request
from security.audit.queue import happened

logger = logging.getLogger("bellhop.security")

REFUSED, WALL, BAD_CREDENTIAL = "access:refused", "access:wall", "access:bad-credential"


class AuditMiddleware(Layer):
    """Stands before whoever may refuse, so that all their answers are seen here."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        origin = of_request(request)
        token = enter(origin)
        try:
            response: HttpResponse = self.get_response(request)
            if response.status_code >= 400:
                notice(origin, request, response)
            return response
        finally:
            leave(token)

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI."""
        origin = of_request(request)
        token = enter(origin)
        try:
            response: HttpResponse = await self.get_response(request)
            if response.status_code >= 400:
                notice(origin, request, response)
            return response
        finally:
            leave(token)


def notice(origin: Origin, request: HttpRequest, response: HttpResponse) -> None:
    """Have a refusal written; a mistake of ours must not cost the answer."""
    try:
        action = _action(origin, request, response.status_code)
        if action:
            match = request.resolver_match
            # The route, not the path: what somebody wrote into an address may be anything.
            route = match.route if match else ""
            after = {"status": response.status_code, "permission": origin.refused, "method": request.method}
            happened(action, target=route, after=after, origin=origin)
    except Exception:
        logger.exception("audit.not_noticed")


def _action(origin: Origin, request: HttpRequest, status: int) -> str:
    if status == 403:
        return REFUSED
    if status == 401:
        return BAD_CREDENTIAL if request.META.get("HTTP_AUTHORIZATION") else ""
    return WALL if status == 404 and origin.refused else ""
