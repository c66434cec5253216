"""Answers leave smaller for those who ask, where nobody can learn a secret from their length."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import brotli
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from cluster.middleware.layer import Layer, Next
from cluster.middleware.varying import vary

SMALLEST = 1_000
"""What fits in one packet gains nothing."""
READ_ONLY = ("GET", "HEAD")
TEXTUAL = ("application/json", "application/vnd.oai.openapi", "application/openmetrics-text", "text/")
UNWANTED = re.compile(r"\s*;\s*q=0(\.0*)?\s*$")
BROTLI_QUALITY = 3
GZIP_LEVEL = 3
"""Both take about a third of what their best takes, for a tenth more bytes."""


class CompressionMiddleware(Layer):
    """Compresses what may be compressed, for a client that names ``br`` or ``gzip``.

    A strong ETag names bytes, and is what a client writes against: such an answer is left as it is.
    """

    def __init__(self, get_response: Next) -> None:
        if not settings.COMPRESSION_ENABLED:
            raise MiddlewareNotUsed
        super().__init__(get_response)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        return smaller(request, self.get_response(request))

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI."""
        return smaller(request, await self.get_response(request))


def smaller(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the answer, its body compressed if it may be and the client takes it so."""
    if not may_shrink(request, response):
        return response
    vary(response, "Accept-Encoding")
    name = wanted(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    if name:
        body = ENCODINGS[name](response.content)
        if len(body) < len(response.content):
            response.content = body
            response.headers["Content-Encoding"] = name
            response.headers["Content-Length"] = str(len(body))
    return response


def may_shrink(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether the answer is whole, worth it, and holds nobody's secret."""
    return (
        response.status_code == 200
        and request.method in READ_ONLY
        and not response.streaming
        and len(response.content) >= SMALLEST
        and response.get("Content-Type", "").startswith(TEXTUAL)
        and not response.has_header("Content-Encoding")
        and response.get("ETag", "W/").startswith("W/")
        and not may_hold_a_secret(request, response)
    )


def may_hold_a_secret(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether a CSRF token, a cookie or a credential could be in it."""
    if response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
        return True
    path = request.path_info
    return any(path == kept or path.startswith(f"{kept}/") for kept in settings.NEVER_COMPRESSED)


def wanted(accepted: str) -> str:
    """Return the encoding to use: the first of ours that the client names and does not refuse."""
    if not accepted:
        return ""
    named = {part.split(";")[0].strip().lower() for part in accepted.split(",") if not UNWANTED.search(part)}
    return next((name for name in ENCODINGS if name in named), "")


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, quality=BROTLI_QUALITY))


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip}
