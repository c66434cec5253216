"""What every answer tells the browser, whoever made it: written once, at the start."""

from __future__ import annotations

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase, ResponseHeaders
from django.middleware.security import SecurityMiddleware
from django_permissions_policy import PermissionsPolicyMiddleware

from cluster.answers import speaks_json, tell
from cluster.answers.problems import PermissionDenied
from cluster.middleware.layer import Layer, Next

HSTS = "Strict-Transport-Security"
CLEAR = "Clear-Site-Data"
# What django-csp's decorators leave on an answer.
EXCEPTIONS = frozenset({"_csp_config", "_csp_update", "_csp_replace", "_csp_exempt", "_csp_config_ro"})
# Django takes back the session's own cookie; "cookies" would take the language and a guest's stay, too.
CLEARED = '"cache", "storage"'
ECHOES = ("TRACE", "TRACK")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
"""What is understood at all; which of them a path offers is not asked for an echo."""
IN_THE_CLEAR = "Use https: what was sent came in the clear, its credential too, which should be replaced."


class HeadersMiddleware(Layer):
    """Writes the headers that `settings.policies` asks for on every answer that has not said otherwise.

    It stands outside of all that may refuse, so a 304, a redirect, a probe and a 500 carry them as well. An
    answer with a nonce or an exception of its own is left to django-csp.
    """

    def __init__(self, get_response: Next) -> None:
        super().__init__(get_response)
        self._policy = CSPMiddleware(get_response)
        self._always = _stored(always())
        self._hsts = hsts()

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        self._policy.process_request(request)
        return self._told(request, self.get_response(request))

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI."""
        self._policy.process_request(request)
        return self._told(request, await self.get_response(request))

    def _told(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if _is_special(request, response):
            self._policy.process_response(request, response)
        # One merge in place of nine lookups, each of which would encode name and value anew.
        response.headers._store = {**self._always, **response.headers._store}  # noqa: SLF001
        if self._hsts and request.is_secure():
            response.headers.setdefault(HSTS, self._hsts)
        if getattr(request, "has_logged_out", False):
            response.headers[CLEAR] = CLEARED
        return response


class HttpsMiddleware(SecurityMiddleware):
    """Django's redirect to HTTPS, for pages; its headers are written above."""

    def process_request(  # type: ignore[override] # a refusal, too
        self, request: HttpRequest
    ) -> HttpResponseBase | None:
        """Send a browser to HTTPS; refuse a program, whose credential would go on being sent in the clear."""
        if request.method in ECHOES:
            return HttpResponseNotAllowed(METHODS)
        moved = super().process_request(request)
        return tell(PermissionDenied(IN_THE_CLEAR), request) if moved and speaks_json(request) else moved

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:  # noqa: ARG002
        """Leave the answer as it is."""
        return response


def always() -> dict[str, str]:
    """Return the headers of every answer, by name; a node's and, for the most part, a proxy's own."""
    return {
        "Server": "bellhop",  # granian would name itself
        HEADER: build_policy(),
        "Reporting-Endpoints": f'csp="{settings.CSP_REPORT_PATH}"',
        "Permissions-Policy": PermissionsPolicyMiddleware.compute_header_value(
            settings.PERMISSIONS_POLICY, name="PERMISSIONS_POLICY"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Cross-Origin-Resource-Policy": settings.CROSS_ORIGIN_RESOURCE_POLICY,
        "Cache-Control": "no-store",
    }


def hsts() -> str:
    """Return the promise to come by HTTPS only; nothing where there is none."""
    if not settings.SECURE_HSTS_SECONDS:
        return ""
    words = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
    words += ["includeSubDomains"] * settings.SECURE_HSTS_INCLUDE_SUBDOMAINS
    words += ["preload"] * settings.SECURE_HSTS_PRELOAD
    return "; ".join(words)


def _stored(headers: dict[str, str]) -> dict[str, tuple[str, str]]:
    stored: dict[str, tuple[str, str]] = ResponseHeaders(headers)._store  # noqa: SLF001
    return stored


def _is_special(request: HttpRequest, response: HttpResponse) -> bool:
    if request.__dict__.get("_csp_nonce") is not None:
        return True
    return not EXCEPTIONS.isdisjoint(response.__dict__)


def note_departure(*, request: HttpRequest | None, **_: object) -> None:
    """Remember that a session ended: what the browser has kept of it is cleared."""
    if request is not None:
        request.has_logged_out = True  # type: ignore[attr-defined]


user_logged_out.connect(note_departure, dispatch_uid="security.headers")
