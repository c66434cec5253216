"""The wire form of an event, encoded once, at write."""

from __future__ import annotations

from datetime import datetime

import orjson

from cluster.escaping import escape_markup


def encode_body(*, event: str, rooms: list[str], at: datetime, actor: object, node: str, data: object) -> str:
    """Return everything of a frame that is known before its number, without the outer braces."""
    body = {
        "event": event,
        "rooms": rooms,
        "ts": at.isoformat().replace("+00:00", "Z"),
        "actor": actor,
        "instance": node,
        "data": data,
    }
    return escape_markup(orjson.dumps(body, option=orjson.OPT_UTC_Z)).decode()[1:-1]


def finish(body: str, *, label: str, epoch: str, seq: int) -> str:
    """Return the whole frame: numbering it inside the head lock costs one join of strings."""
    return f'{{"t":"ev","p":"{label}","epoch":"{epoch}","seq":{seq},{body}}}'
