"""The version a caller saw: in the body, or as ``If-Match``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from cluster import flags
from cluster.answers.problems import Conflict, Invalid, PreconditionFailed
from requests_app.access import Expected
from requests_app.flags import ENVELOPE

IF_MATCH = "If-Match"
TAG = re.compile(r'(W/)?"([^"]*)"')
TAGS = re.compile(rf"\s*{TAG.pattern}\s*(?:,\s*{TAG.pattern}\s*)*")
LEGACY = "-legacy"
OURS = re.compile(rf"([1-9][0-9]{{0,8}})(?:-overdue)?(?:{LEGACY})?")


@contextmanager
def expected(request: Request, said: Mapping[str, Any]) -> Iterator[Expected]:
    """Give the version the caller saw, None for any; a stale ``If-Match`` is told as 412, not 409."""
    header = request.META.get("HTTP_IF_MATCH")
    in_body: int | None = said.get("version")
    if header is None:
        yield in_body
        return
    seen = _seen(header)
    if seen is not None and in_body is not None and in_body not in seen:
        raise Invalid.field("version", f"is not the version of {IF_MATCH}", "contradiction")
    try:
        yield in_body if seen is None else seen
    except Conflict as stale:
        raise PreconditionFailed(stale.error, details=stale.details) from None


def _seen(header: str) -> frozenset[int] | None:
    """Return the versions named, None for any; a weak or foreign tag names none (RFC 9110, 13.1.1)."""
    if header.strip() == "*":
        return None
    if not TAGS.fullmatch(header):
        raise Invalid.field(IF_MATCH, 'Send the ETag of the detail, like "3", or *.')
    strong = [text for weak, text in TAG.findall(header) if not weak]
    return frozenset(int(ours[1]) for text in strong if (ours := OURS.fullmatch(text)))


def shaped(etag: str) -> str:
    """Return the ETag of a request in the shape its answer has: other bytes have another name."""
    return etag if flags.is_on(ENVELOPE) else f'{etag[:-1]}{LEGACY}"'


def seen(request: HttpRequest | Request) -> str:
    """Return what the client says it has, as ``If-None-Match`` names it."""
    header: str = request.META.get("HTTP_IF_NONE_MATCH", "")
    return header


def is_fresh(request: Request, etag: str) -> bool:
    """Say whether the client's copy, named in ``If-None-Match``, is the present one."""
    header = seen(request)
    return header.strip() == "*" or etag in [f'"{text}"' for _, text in TAG.findall(header)]
