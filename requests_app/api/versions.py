"""The version a caller saw: in the body, or as ``If-Match``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rest_framework.request import Request

from cluster.answers.problems import Conflict, Invalid, PreconditionFailed

IF_MATCH = "If-Match"
TAG = re.compile(r'"([1-9][0-9]{0,8})(?:-overdue)?"')
ENTRY = re.compile(r'(?:W/)?("[^"]*")')


@contextmanager
def expected(request: Request, said: Mapping[str, Any]) -> Iterator[int | None]:
    """Give the version the caller saw, None for any; a stale ``If-Match`` is told as 412, not 409."""
    header = request.META.get("HTTP_IF_MATCH")
    in_body: int | None = said.get("version")
    if header is None:
        yield in_body
        return
    seen = _seen(header)
    if seen is not None and in_body not in (None, seen):
        raise Invalid.field("version", f"is not the version of {IF_MATCH}", "contradiction")
    try:
        yield in_body if seen is None else seen
    except Conflict as stale:
        raise PreconditionFailed(stale.error, details=stale.details) from None


def _seen(header: str) -> int | None:
    if header.strip() == "*":
        return None
    tag = TAG.fullmatch(header.strip())
    if tag is None:
        raise Invalid.field(IF_MATCH, 'Send the ETag of the detail, like "3", or *.')
    return int(tag[1])


def is_fresh(request: Request, etag: str) -> bool:
    """Say whether the client's copy, named in ``If-None-Match``, is the present one."""
    header: str = request.META.get("HTTP_IF_NONE_MATCH", "")
    return header.strip() == "*" or etag in ENTRY.findall(header)
