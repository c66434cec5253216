"""Which page of a list, in which order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from django.http import QueryDict

from cluster import flags
from cluster.answers.problems import Invalid
from cluster.shapes import camel
from requests_app.flags import PAGINATION
from requests_app.queries import keyset
from requests_app.queries.keyset import Order
from requests_app.queries.listing import NEWEST, Paging

MOST = 100
DEFAULT = 20
LONGEST_CURSOR = 500
NUMBER = re.compile(r"[0-9]{1,18}")
SORTS = {spelling: name for name in keyset.SORTS for spelling in (name, camel(name))}
DIRECTIONS = {"asc": False, "desc": True}

Found = TypeVar("Found")


def paging_of(query: QueryDict, order: Order | None = None) -> Paging:
    """Return the page a query asks for, in the door's own ``order`` or the one it names.

    With the flag of pages off there is one: the first hundred, the newest unless the door has its order.
    """
    if not flags.is_on(PAGINATION):
        return Paging(limit=MOST, order=order or NEWEST, is_told=False)
    cursor = query.get("cursor") or ""
    if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
        raise Invalid.field("cursor", "is not one of ours")
    return Paging(
        page=number(query, "page", default=1, most=10**18),
        limit=number(query, "limit", default=DEFAULT, most=MOST),
        cursor=cursor,
        order=order or order_of(query),
    )


def number(query: QueryDict, name: str, *, default: int, most: int) -> int:
    """Return a whole number from 1 to ``most``. Raises Invalid naming it for anything else."""
    given = query.get(name)
    if not given:
        return default
    if not NUMBER.fullmatch(given) or not 1 <= int(given) <= most:
        bound = f"from 1 to {most}" if most < 10**18 else "from 1 up"
        raise Invalid.field(name, f"Send a whole number {bound}.")
    return int(given)


def order_of(query: QueryDict) -> Order:
    """Return the order a query names, the newest first by default."""
    sort = query.get("sortBy") or query.get("sort_by")
    direction = query.get("sortOrder") or query.get("sort_order")
    if not sort and not direction:
        return NEWEST
    return keyset.order_named(
        _one_of("sortBy", sort or "created_at", SORTS),
        descending=_one_of("sortOrder", direction or "desc", DIRECTIONS),
    )


def _one_of(name: str, word: str, known: Mapping[str, Found]) -> Found:
    if word not in known:
        raise Invalid.field(name, f"Send one of: {', '.join(known)}.", "invalid_choice")
    return known[word]
