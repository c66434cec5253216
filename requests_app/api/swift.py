"""The short way to a list this process remembers: one small statement and no framework.

The whole way notes beside the remembered caller what their question means. When the same comes
again within the second, the heads say both whether the caller still is who they were and whether
the answer still is what it was. Whatever is not plainly so takes the whole way, which decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponse

from cluster import cache, flags, timings
from cluster.answers import answer_bytes
from cluster.cache import Layer
from cluster.models import CONTROL_STREAM
from cluster.streams import NEVER, Head, read_standing
from requests_app.api.filters import INCONSTANT
from requests_app.flags import shape
from requests_app.queries.cached import Encoded
from requests_app.queries.positions import generation_of
from requests_app.queries.tags import named
from security import memory
from security.caller import Caller
from security.targets import subject_of

View = Callable[..., Any]

Place = tuple[str, str]
"""A path and its query, as they were sent."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What one caller's call of one address means."""

    question: str
    streams: tuple[tuple[int, str], ...]
    timing: str
    caller: Caller
    shape: tuple[bool, ...]


def before(view: View) -> View:
    """Return ``view`` behind the short way."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **names: object) -> Any:
        return shortly(request) or view(request, *args, **names)

    return answered


def shortly(request: HttpRequest) -> HttpResponse | None:
    """Return the answer when all of it is remembered, else None."""
    if request.method != "GET" or _has_body(request):
        return None
    started = perf_counter()
    remembered = memory.recall(request.META.get("HTTP_AUTHORIZATION", ""))
    noted: Noted | None = remembered.notes.get(_place(request)) if remembered else None
    if remembered is None or noted is None:
        return None
    heads = read_standing([stream for stream, _ in noted.streams])
    if not memory.recognise(request, remembered, heads):
        return None
    # The head has told of every switch by now: an address noted in another shape means something else.
    flags.concern(lambda: subject_of(noted.caller))
    if shape() != noted.shape:
        return None
    found = _remembered(noted, heads, request.META.get("HTTP_IF_NONE_MATCH", ""))
    if found is not None and noted.timing:
        timings.record(noted.timing, (perf_counter() - started) * 1000)
    return found


def note(request: HttpRequest, caller: Caller, found: Encoded, *, timing: str) -> None:
    """Remember what this address means to this caller, where that can not change while they are remembered.

    Not for who sees everything, whose properties come and go, nor for filters that the catalogue, the
    staff or a time zone has a say in.
    """
    remembered = memory.recall(request.META.get("HTTP_AUTHORIZATION", ""))
    if remembered is None or caller.sees_everything or found.layer is Layer.BYPASS or _has_body(request):
        return
    if (
        not found.stands.positions
        or not INCONSTANT.isdisjoint(request.GET)
        or "/assigned/" in request.path_info
    ):
        return
    streams = tuple((it.stream, it.slug) for it in found.stands.positions)
    remembered.note(_place(request), Noted(found.question, streams, timing, caller, shape()))


def written(parts: tuple[bytes, ...] | None, tag: str, cursor: str, layer: Layer | None) -> HttpResponse:
    """Return data and, where there is one, its pagination, or 304 without either, under its headers."""
    if parts is None:
        response: HttpResponse = HttpResponse(status=304)
    else:
        response = answer_bytes(parts[0], pagination=(parts[1] or None) if len(parts) > 1 else None)
    if cursor:
        response.headers["X-Stream-Cursor"] = cursor
    if tag:
        response.headers["ETag"] = tag
    if layer is not None:
        response.headers["X-Cache"] = layer.value
    return response


def _remembered(noted: Noted, heads: dict[int, Head], seen: str) -> HttpResponse | None:
    if any(stream not in heads for stream, _ in noted.streams):
        return None
    stands = [(stream, heads[stream]) for stream, _ in noted.streams]
    generation = generation_of(heads.get(CONTROL_STREAM, NEVER), stands)
    tag = named(generation, noted.question)
    if tag is None:
        return None
    cursor = ",".join(f"{slug}:{heads[pk].epoch}:{heads[pk].seq}" for pk, slug in noted.streams)
    if tag.is_fresh(seen):
        return written(None, tag.seen_in(seen), cursor, None)
    kept = cache.peek(noted.question, generation)
    return written(kept.parts, tag.text(kept.parts[-1]), cursor, Layer.NEAR) if kept else None


def _has_body(request: HttpRequest) -> bool:
    """Say whether something came with the call: a body may name the property, too."""
    return request.META.get("CONTENT_LENGTH", "") not in ("", "0")


def _place(request: HttpRequest) -> Place:
    return request.path_info, request.META.get("QUERY_STRING", "")
