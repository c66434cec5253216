"""Where the streams of a caller's properties stand, with their exact counters, in one small query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from cluster.models import StreamHead
from cluster.streams import Cursor, read_heads
from requests_app.queries.compiled import PROPERTY, Statement
from security.caller import Caller
from security.models import Property

MOST_CURSORS = 20


@dataclass(frozen=True, slots=True)
class Position:
    """One property's stream: read it before the data it labels."""

    slug: str
    cursor: Cursor
    counters: Mapping[str, int]


def positions(caller: Caller, property_ids: Iterable[int] | None) -> list[Position]:
    """Return the positions of ``property_ids`` (None: all), or nothing for more than ``MOST_CURSORS``."""
    slugs = _slugs(caller, property_ids)
    if len(slugs) > MOST_CURSORS:
        return []
    rows = _heads(slugs)
    if len(rows) < len(slugs):
        read_heads(slugs)
        rows = _heads(slugs)
    return [Position(slugs[stream], Cursor(epoch, seq), counters) for stream, epoch, seq, counters in rows]


def summed(found: Iterable[Position]) -> Counter[str]:
    """Return the counters of all positions added up."""
    total: Counter[str] = Counter()
    for position in found:
        total.update(position.counters)
    return total


def counters_of(property_ids: Iterable[int] | None) -> Counter[str]:
    """Return the summed counters of the properties (None: all)."""
    heads = StreamHead.objects.filter(stream__gt=0)
    if property_ids is not None:
        heads = heads.filter(stream__in=set(property_ids))
    total: Counter[str] = Counter()
    for counters in heads.values_list("counters", flat=True):
        total.update(counters)
    return total


def cursor_header(found: Iterable[Position]) -> str:
    """Return the value of ``X-Stream-Cursor``."""
    return ",".join(f"{position.slug}:{position.cursor}" for position in found)


Head = tuple[int, str, int, dict[str, int]]
_COLUMNS = ("stream", "epoch", "seq", "counters")


def _heads(slugs: Mapping[int, str]) -> list[Head]:
    if len(slugs) == 1:
        return [cast("Head", tuple(row)) for row in _one_head().rows(*slugs)]
    rows = StreamHead.objects.filter(stream__in=slugs.keys()).order_by("stream")
    return list(rows.values_list(*_COLUMNS))


@cache
def _one_head() -> Statement:
    return Statement(StreamHead.objects.filter(stream=PROPERTY).values_list(*_COLUMNS), [PROPERTY])


def _slugs(caller: Caller, property_ids: Iterable[int] | None) -> Mapping[int, str]:
    if not caller.sees_everything:
        wanted = caller.slugs.keys() if property_ids is None else set(property_ids)
        return {pk: slug for pk, slug in caller.slugs.items() if pk in wanted}
    rows = Property.objects.order_by("pk")
    if property_ids is not None:
        rows = rows.filter(pk__in=set(property_ids))
    return dict(rows.values_list("pk", "slug")[: MOST_CURSORS + 1])
