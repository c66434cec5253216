"""What there is to score in one call of Django's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, RawPostDataException, UnreadablePostError
from django.http.response import HttpResponseBase

from security.caller import ANONYMOUS, Caller
from security.threats import Call, Finding, Reason, conduct, in_text, in_texts
from security.threats.scoring import MOST_TEXTS
from security.watch import sources
from security.watch.recent import misses

NOT_TEXTS = frozenset({"password", "otp", "token", "csrfmiddlewaretoken"})
MOST_BYTES = 100_000
DEEPEST = 8


def caller_of(request: HttpRequest) -> Caller:
    """Return who made an answered call; nobody's session is looked up only for this."""
    found = getattr(request, "caller", None)
    if type(found) is Caller:  # isinstance would ask the lazy one, and that the database
        return found
    known: Caller | None = getattr(request, "session_caller", None)
    return known or ANONYMOUS


def findings(request: HttpRequest, response: HttpResponseBase, caller: Caller) -> list[Finding]:
    """Return every reason an answered call gives; for a plain one this costs some microseconds."""
    found = in_texts(_texts(request)) if _has_texts(request) else []
    if not caller.is_known and response.status_code >= 400:
        # Thrown against a closed door it is no guest's text any more.
        found = [replace(each, is_text=False) for each in found]
    path = request.path_info
    if climbs(path) if path.startswith("/api/request") else Reason.TRAVERSAL in in_text(path):
        found.append(Finding(Reason.TRAVERSAL, 10.0))
    agent = request.META.get("HTTP_USER_AGENT", "")
    status = response.status_code
    missing = misses.add(sources.of(request, caller), path) if status == 404 else 0
    return found + conduct(Call(path, agent, status, caller.is_known, missing))


@lru_cache(maxsize=512)
def climbs(path: str) -> bool:
    """Say whether a path leaves the site's tree; remembered, for most calls ask for few paths."""
    return Reason.TRAVERSAL in in_text(path)


def _has_texts(request: HttpRequest) -> bool:
    return bool(request.META.get("QUERY_STRING")) or request.method in ("POST", "PUT", "PATCH", "DELETE")


def _texts(request: HttpRequest) -> Iterator[str]:
    query = request.META.get("QUERY_STRING", "")[:8_000]
    if query:
        for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=None):
            yield from (name, value)
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.content_type == "application/json":
        yield from _strings(_body(request), DEEPEST)
        return
    # Only what a door has read already: nothing is read from the wire for this.
    form = request.__dict__.get("_post")
    for name, values in form.lists() if form is not None else ():
        if name not in NOT_TEXTS:
            yield from values


def _body(request: HttpRequest) -> Any:
    try:
        raw = request.body
    except (RawPostDataException, UnreadablePostError, RequestDataTooBig):
        return None
    try:
        return orjson.loads(raw) if len(raw) <= MOST_BYTES else None
    except orjson.JSONDecodeError:
        return raw[:MOST_TEXTS].decode(errors="replace")


def _strings(value: object, levels: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif levels and isinstance(value, dict):
        for name, inside in value.items():
            if name not in NOT_TEXTS:
                yield str(name)
                yield from _strings(inside, levels - 1)
    elif levels and isinstance(value, list):
        for inside in value:
            yield from _strings(inside, levels - 1)
