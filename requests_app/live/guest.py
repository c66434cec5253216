"""What a guest may see of an event: theirs alone, without the house's own affairs (contract, section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from cluster.answers import dumps
from cluster.bus import Entry, Message
from requests_app.shown import HIDDEN_FROM_GUESTS, for_guest

HIDDEN = frozenset({*HIDDEN_FROM_GUESTS, "oldAssignedTo"})


def shown_to(stay_id: int) -> Callable[[Entry], Message | None]:
    """Return how entries are shown to the guest of that stay; sockets of one stay share the result."""
    key = ("stay", stay_id)

    def make(entry: Entry) -> Message | None:
        seen = guest_frame(orjson.loads(entry.frame), stay_id)
        return None if seen is None else {"type": "websocket.send", "text": dumps(seen).decode()}

    return lambda entry: entry.variant(key, make)


def guest_frame(frame: Mapping[str, Any], stay_id: int) -> dict[str, Any] | None:
    """Return the frame as that guest sees it, or None when nothing in it is theirs."""
    data = _data(frame["data"], stay_id)
    if data is None:
        return None
    seen = {key: value for key, value in frame.items() if key not in ("actor", "instance")}
    return {**seen, "rooms": [f"stay:{stay_id}"], "data": data}


def _data(data: Mapping[str, Any], stay_id: int) -> dict[str, Any] | None:
    seen = {key: value for key, value in data.items() if key not in HIDDEN}
    if "changed" in seen:
        seen["changed"] = [name for name in seen["changed"] if name not in HIDDEN]
    if isinstance(seen.get("message"), dict):
        seen["message"] = _message(seen["message"])
    if "requests" in seen:
        return _batch(seen, stay_id)
    request = seen.get("request")
    if not isinstance(request, dict) or request.get("stayId") != stay_id:
        return None
    return {**seen, "request": for_guest(request)}


def _batch(data: dict[str, Any], stay_id: int) -> dict[str, Any] | None:
    own = [for_guest(request) for request in data["requests"] if request.get("stayId") == stay_id]
    ids = [request["id"] for request in own]
    if not own:
        return None
    old = {str(pk): data["oldStatuses"][str(pk)] for pk in ids if str(pk) in data.get("oldStatuses", {})}
    return {**data, "requests": own, "requestIds": ids, "count": len(own), "oldStatuses": old}


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    author = message.get("author")
    return {**message, "author": {"displayName": author["displayName"]} if isinstance(author, dict) else None}
