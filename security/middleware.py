"""Who is asking, on every request."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from corsheaders import middleware as cors
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware import locale
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from cluster import flags
from cluster.answers import tell
from cluster.answers.problems import LimitExceeded
from cluster.middleware.layer import Layer
from cluster.middleware.varying import vary
from security import limits
from security.authentication import caller_of
from security.targets import subject_of

LONGEST_LANGUAGES = 100
CORS_PATHS = ("/api", "/health")
Next = Callable[[HttpRequest], HttpResponseBase]


class CallerMiddleware:
    """Offers ``request.caller``, found out when first looked at; the API's door sets its own.

    It only wraps the request, so it serves sync and async handlers alike.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        request.caller = SimpleLazyObject(partial(caller_of, request))  # type: ignore[attr-defined]
        flags.concern(lambda: subject_of(request.caller))  # type: ignore[attr-defined]
        return self.get_response(request)


class LimitsMiddleware(Layer):
    """Tells on every answer what is left of a limit, and refuses what a view found to be too much."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        return _told(request, self.get_response(request))

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI."""
        return _told(request, await self.get_response(request))

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Answer for a view that does not know our refusals."""
        return tell(problem, request) if isinstance(problem, LimitExceeded) else None


def _told(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    for name, value in limits.headers_of(request).items():
        # Names and numbers of our own: nothing that has to be encoded or looked through first.
        response.headers._store[name.lower()] = (name, value)  # noqa: SLF001
    return response


def calls_by_header(request: HttpRequest) -> bool:
    """Say whether this is a call of the API with a credential in the header: then no session counts."""
    return request.path_info.startswith("/api/") and bool(request.META.get("HTTP_AUTHORIZATION", "").strip())


class ForSessions:
    """What only sessions need, left out of calls that come with a credential: a tenth of a short answer."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        """Pass such a call on as it is."""
        if calls_by_header(request):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc] # the middleware it is mixed into


class SessionMiddleware(ForSessions, sessions.SessionMiddleware):
    """Django's own, for pages and for calls by session."""


class AuthenticationMiddleware(ForSessions, auth.AuthenticationMiddleware):
    """Django's own, for pages and for calls by session."""


class MessageMiddleware(ForSessions, messages.MessageMiddleware):
    """Django's own, for pages."""


class LocaleMiddleware(locale.LocaleMiddleware):
    """Django's own; a call with a credential has its language too, but no page to be sent to."""

    def __call__(self, request: HttpRequest) -> Any:
        """Answer such a call in the language its header asks for."""
        if self.async_mode or not calls_by_header(request):
            return super().__call__(request)
        language = _language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response: Any = self.get_response(request)
        vary(response, "Accept-Language")
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


def _language(request: HttpRequest) -> str:
    """Return what Django makes of what the call says, remembered for callers who say the same."""
    said = request.META.get("HTTP_ACCEPT_LANGUAGE", ""), request.META.get("HTTP_COOKIE", "")
    if said[1] or len(said[0]) > LONGEST_LANGUAGES:
        return translation.get_language_from_request(request)
    return _languages(said[0])


@lru_cache(maxsize=256)
def _languages(accepted: str) -> str:
    asking = HttpRequest()
    asking.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return translation.get_language_from_request(asking)


class CorsMiddleware(cors.CorsMiddleware):
    """django-cors-headers, which only calls from another origin need to ask at length."""

    def __call__(self, request: HttpRequest) -> Any:
        """Pass a call without an origin on: all there is to say is that another origin might be told more."""
        if "HTTP_ORIGIN" in request.META or self.async_mode:
            return super().__call__(request)
        response: Any = self.get_response(request)
        if request.path_info.startswith(CORS_PATHS):
            vary(response, "origin")
        return response
