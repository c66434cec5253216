"""Entries as the guest of a stay may see them."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from cluster.answers import dumps
from cluster.bus import Entry
from cluster.sockets import Text
from requests_app.guest_view import guest_frame


def shown_to(stay_id: int) -> Callable[[Entry], Text | None]:
    """Return how entries are shown to the guest of that stay; sockets of one stay share the result."""
    key = ("stay", stay_id)

    def make(entry: Entry) -> Text | None:
        seen = guest_frame(orjson.loads(entry.frame), stay_id)
        return None if seen is None else Text(dumps(seen).decode())

    return lambda entry: entry.variant(key, make)
