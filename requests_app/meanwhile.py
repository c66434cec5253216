"""What others changed since somebody looked: told to whoever comes second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from cluster.answers.problems import detail
from cluster.models import Event
from cluster.streams import history
from requests_app.models import GuestRequest

MOST_LOOKED_AT = 50
SOMEBODY = "Somebody else"


def changed_since(request: GuestRequest, version: int) -> list[dict[str, object]]:
    """Return an entry for each field changed after ``version``, with its present value and who did it."""
    found: dict[str, dict[str, object]] = {}
    for event in _later(request, version):
        actor = event.change.get("actor") or {}
        who = actor.get("displayName") or SOMEBODY
        for name, value in _new_values(event).items():
            entry = detail(name, f"{who} changed it.", "changed", current=value, by=actor.get("username"))
            found.setdefault(name, entry)
    return list(found.values())


def _later(request: GuestRequest, version: int) -> Iterator[Event]:
    """Yield the request's events after ``version``, newest first, as far back as their frames are kept."""
    for event in history(request.property_id, request.pk).reverse()[:MOST_LOOKED_AT]:
        if event.frame is None or _version(orjson.loads(event.frame)["data"], request.pk) <= version:
            return
        yield event


def _version(data: Mapping[str, object], request_id: int) -> int:
    """Return the version an event made; a batch carries each of its requests."""
    batch = data.get("requests")
    shown = next((it for it in batch if it["id"] == request_id), data) if isinstance(batch, list) else data
    version = shown.get("version")
    return version if isinstance(version, int) else 0


def _new_values(event: Event) -> dict[str, object]:
    values: dict[str, object] = dict(event.change.get("to") or {})
    if notes := event.change.get("notes"):
        values["notes"] = notes
    return values
