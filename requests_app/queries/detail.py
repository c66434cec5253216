"""One request: as it stands, what happened to it, what was said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from cluster.streams import history as history_of
from requests_app import access, shown
from requests_app.models import Message
from requests_app.permissions import OVERVIEW, READ, THREAD
from requests_app.problems import RequestNotFound
from requests_app.queries import compiled
from requests_app.queries.positions import Position, positions
from security import permissions
from security.caller import Caller
from security.models import Property

MOST_HISTORY = 1000


@dataclass(frozen=True, slots=True)
class Detail:
    """A request as the API shows it, and the position of its stream it was read after."""

    request: dict[str, object]
    positions: list[Position]

    @property
    def etag(self) -> str:
        """Return the strong ETag: the version, and whether time has made it overdue."""
        return etag_of(self.request)


def etag_of(request: Mapping[str, object]) -> str:
    """Return the ETag of a request as the API shows it."""
    return f'"{request["version"]}{"-overdue" if request["overdue"] else ""}"'


def detail(caller: Caller, request_id: int) -> Detail:
    """Return one request. Raises 401, RequestNotFound or 403, in that order."""
    if not caller.is_known:
        permissions.require_anywhere(caller, READ)
    standing = positions(caller, None) if len(caller.slugs) == 1 else []
    rows = compiled.by_id().rows(request_id)
    if not rows:
        raise RequestNotFound
    found = shown.shown(rows[0], timezone.now())
    _check(caller, found)
    if not standing:
        # Several properties: which stream it is, is known only now; read it, then the request again.
        return _again(caller, request_id, str(found["propertyId"]))
    return Detail(shown.for_guest(found) if caller.is_guest else found, standing)


def _check(caller: Caller, found: dict[str, object]) -> None:
    if caller.sees_everything:
        return
    places = {slug: pk for pk, slug in caller.slugs.items()}
    property_id = places.get(str(found["propertyId"]))
    if property_id is None or (caller.is_guest and found["stayId"] != caller.stay_id):
        access.tell_hidden(caller, [int(str(found["id"]))])
        raise RequestNotFound
    permissions.require(caller, READ, property_id)


def _again(caller: Caller, request_id: int, slug: str) -> Detail:
    property_id = Property.objects.values_list("pk", flat=True).get(slug=slug)
    standing = positions(caller, [property_id])
    rows = compiled.by_id().rows(request_id)
    if not rows:
        raise RequestNotFound
    return Detail(shown.shown(rows[0], timezone.now()), standing)


def history(caller: Caller, request_id: int) -> list[dict[str, object]]:
    """Return the changes of a request, oldest first: who, when, from, to, notes, node.

    At most the newest ``MOST_HISTORY``, as of the thread.
    """
    request = access.get(caller, OVERVIEW, request_id)
    rows = reversed(history_of(request.property_id, request.pk).reverse()[:MOST_HISTORY])
    return [
        {
            "seq": event.seq,
            "event": event.name,
            "at": event.at,
            "actor": event.change.get("actor"),
            "from": _of_one(event.change.get("from"), request.pk),
            "to": event.change.get("to"),
            "notes": event.change.get("notes") or None,
            "reason": event.change.get("reason"),
            "node": event.node,
        }
        for event in rows
    ]


def _of_one(before: object, request_id: int) -> object:
    """Return the old values of one request: a batch keeps its old statuses by id."""
    if isinstance(before, dict) and isinstance(before.get("status"), dict):
        return {"status": before["status"].get(str(request_id))}
    return before


def messages(caller: Caller, request_id: int) -> list[dict[str, object]]:
    """Return a request's thread, oldest first; a guest reads names, not usernames."""
    request = access.get(caller, THREAD, request_id)
    lines = Message.objects.filter(request=request).select_related("author").order_by("-id")
    found = [shown.shown_message(line) for line in reversed(lines[:MOST_HISTORY])]
    return [shown.message_for_guest(line) for line in found] if caller.is_guest else found
