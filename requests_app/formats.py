"""What a room, a phone number, an amount and a list of items look like, whichever door they come by. Pure."""

from __future__ import annotations

import re
from typing import Any

import orjson

from cluster.answers import bodies
from security import text

ROOM = r"[A-Za-z0-9_-]{1,10}"
PHONE = re.compile(r"\+?[1-9][0-9]{0,15}")
PHONE_FILLING = str.maketrans("", "", " .-")
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
CURRENCY = r"[A-Z]{3}"

MOST_ITEMS = 100
DEEPEST_ITEMS = 5
LARGEST_ITEMS = 16_384
"""Bytes; what fits into one cell of a spreadsheet."""


def are_too_large(items: list[Any]) -> bool:
    """Say whether there are too many items, too deep or too long."""
    return (
        len(items) > MOST_ITEMS
        or bodies.is_deeper(items, DEEPEST_ITEMS)
        or len(orjson.dumps(items)) > LARGEST_ITEMS
    )


def kept(name: str, value: Any, *, maximum: int) -> Any:
    """Return a part of what was ordered with each of its texts as it is kept anywhere else.

    Raises Invalid or Unclean, naming the field ``name``.
    """
    if isinstance(value, str):
        return text.clean(name, value, limit=maximum, maximum=maximum)
    if isinstance(value, list):
        return [kept(name, part, maximum=maximum) for part in value]
    if isinstance(value, dict):
        return {
            kept(name, key, maximum=maximum): kept(name, part, maximum=maximum) for key, part in value.items()
        }
    return value
