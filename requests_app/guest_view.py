"""What a guest may see of an event: theirs alone, without the house's own affairs (contract, section 2).

Pure, and shared by the doors that tell events: the socket and ``GET /api/events``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from requests_app.shown import HIDDEN_FROM_GUESTS, for_guest, message_for_guest

HIDDEN = frozenset({*HIDDEN_FROM_GUESTS, "oldAssignedTo"})


def stay_room(stay_id: int) -> str:
    """Return the one room a guest hears; the next guest of their door number has another."""
    return f"stay:{stay_id}"


def guest_frame(frame: Mapping[str, Any], stay_id: int) -> dict[str, Any] | None:
    """Return the frame as that guest sees it, or None when nothing in it is theirs."""
    data = _data(frame["data"], stay_id)
    if data is None:
        return None
    seen = {key: value for key, value in frame.items() if key not in ("actor", "instance")}
    return {**seen, "rooms": [stay_room(stay_id)], "data": data}


def _data(data: Mapping[str, Any], stay_id: int) -> dict[str, Any] | None:
    seen = {key: value for key, value in data.items() if key not in HIDDEN}
    if "changed" in seen:
        seen["changed"] = [name for name in seen["changed"] if name not in HIDDEN]
    if isinstance(seen.get("message"), dict):
        seen["message"] = message_for_guest(seen["message"])
    if "requests" in seen:
        return _batch(seen, stay_id)
    request = seen.get("request")
    if not isinstance(request, dict) or request.get("stayId") != stay_id:
        return None
    return {**seen, "request": for_guest(request)}


def _batch(data: dict[str, Any], stay_id: int) -> dict[str, Any] | None:
    own = [for_guest(request) for request in data["requests"] if request.get("stayId") == stay_id]
    if not own:
        return None
    ids = [request["id"] for request in own]
    old = {str(pk): data["oldStatuses"][str(pk)] for pk in ids if str(pk) in data.get("oldStatuses", {})}
    return {**data, "requests": own, "requestIds": ids, "count": len(own), "oldStatuses": old}
