"""The two places in the chain: the blocked stay outside, and what was answered is scored."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse

from cluster.answers.pages import tell
from cluster.middleware.layer import Layer
from security.middleware import calls_by_header
from security.watch import blocks, calls, doorstep, sources, watching

logger = logging.getLogger("bellhop.security")

SHOWN = ("HTTP_AUTHORIZATION", "HTTP_COOKIE")


class BlockListMiddleware(Layer):
    """Refuses blocked addresses before anybody asks who it is.

    A hotel is one address: a block made by the score lets whoever shows a credential try it, and
    refuses them when it is bad; whoever shows none may still log in. An operator's block of an
    address holds for everybody there.
    """

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        if at_the_login(request):
            return doorstep.refused(request) or self._at_the_login(request)
        refused = turned_away(request)
        if refused is not None:
            return refused
        response: HttpResponse = self.get_response(request)
        return unless_blocked(request, response)

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI."""
        if at_the_login(request):
            return await self._at_the_login_async(request)
        refused = turned_away(request)
        if refused is not None:
            return refused
        response: HttpResponse = await self.get_response(request)
        return unless_blocked(request, response)

    def _at_the_login(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        doorstep.answered(request, response)
        return response

    async def _at_the_login_async(self, request: HttpRequest) -> HttpResponse:
        # Redis has to be asked, so not on the loop.
        refused = await sync_to_async(doorstep.refused)(request)
        if refused is not None:
            return refused
        response: HttpResponse = await self.get_response(request)
        await sync_to_async(doorstep.answered)(request, response)
        return response


class ThreatMiddleware(Layer):
    """Refuses sessions of blocked callers, and scores each call once it is answered."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        response: HttpResponse = self.get_response(request)
        score(request, response)
        return response

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI; Redis and the database may have to be asked, so not on the loop."""
        response: HttpResponse = await self.get_response(request)
        await sync_to_async(score, thread_sensitive=True)(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: object) -> HttpResponse | None:
        """Keep the blocked out of the pages before anything is done; other doors ask by themselves."""
        if not blocks.are_there() or calls_by_header(request) or getattr(view, "knows_its_guest", False):
            return None
        try:
            blocks.require_free(request.caller)  # type: ignore[attr-defined]
        except blocks.SuspiciousRequest as problem:
            return tell(problem, request)
        found = _of_address(request)
        is_known: bool = request.caller.is_known  # type: ignore[attr-defined]
        return tell(blocks.refusal(found), request) if found and not is_known else None


def at_the_login(request: HttpRequest) -> bool:
    """Say whether somebody at a login comes from an address that the score blocked."""
    if not blocks.are_there() or not doorstep.leads_here(request):
        return False
    found = blocks.find(sources.of_request(request))
    return found is not None and not found.is_whole


def turned_away(request: HttpRequest) -> HttpResponse | None:
    """Refuse a blocked address, unless a credential is shown that may be good."""
    if not blocks.are_there():
        return None
    found = blocks.find(sources.of_request(request))
    if found is None:
        return None
    if found.is_whole or not any(request.META.get(name) for name in SHOWN):
        return tell(blocks.refusal(found), request)
    request.blocked = found  # type: ignore[attr-defined]
    return None


def unless_blocked(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the answer, or the refusal where a blocked address has shown nothing good."""
    found = _of_address(request)
    if (
        found is None
        or response.status_code == blocks.SuspiciousRequest.status
        or calls.caller_of(request).is_known
    ):
        return response
    return tell(blocks.refusal(found), request)


def _of_address(request: HttpRequest) -> blocks.Known | None:
    found: blocks.Known | None = getattr(request, "blocked", None)
    return found


def score(request: HttpRequest, response: HttpResponse) -> None:
    """Add what a call gives away to its source's sum; a mistake of ours must not cost the answer."""
    try:
        caller = calls.caller_of(request)
        found = calls.findings(request, response, caller)
        if found:
            watching.record(sources.of(request, caller), found)
    except Exception:
        logger.exception("threat.not_scored")
