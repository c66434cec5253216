"""One request: made, looked at, corrected, moved on, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from cluster import flags
from cluster.answers import answer_bytes, dumps
from cluster.timings import timed
from requests_app import access, actions
from requests_app.access import Expected
from requests_app.actions import KEEP, NewRequest
from requests_app.actions.assignment import NewAssignee
from requests_app.api import arrivals, leniency, schema, versions
from requests_app.api.door import Said
from requests_app.api.lists import ListDoor, cursor_headers
from requests_app.api.shapes import (
    GuestRequestShape,
    NewRequestShape,
    RemovalShape,
    RequestChangesShape,
    StatusChangeShape,
)
from requests_app.api.zones import to_come
from requests_app.flags import VALIDATION
from requests_app.models import GuestRequest
from requests_app.permissions import EDIT, REMOVE, STATUS
from requests_app.queries.detail import detail, etag_of
from requests_app.shown import for_guest, shown_request
from security.caller import Caller
from security.selection import named_in

CREATABLE = frozenset(field.name for field in fields(NewRequest))
CLEARED: dict[str, object] = {
    **dict.fromkeys(("guest_name", "phone_number", "description", "special_instructions"), ""),
    "delivery_time": None,
    "items": [],
    "total_amount": None,
}
"""What null makes of an optional field; where it is not listed, null changes nothing."""


class RequestDoor(ListDoor):
    """All requests and one: the list, the way to a new one, and each by its id."""

    swift = frozenset({"create", "partial_update", "destroy", "status"})

    @schema.creates
    def create(self, request: Request) -> HttpResponse:
        """Open a request."""
        with timed("request.create"):
            shape = GuestRequestShape if self.caller.is_guest else NewRequestShape
            said = self.read(shape, lambda: arrivals.check(self.caller), mend=self._leniently)
            named = said.pop("property_id", None)
            place = arrivals.property_for(
                self.caller, named_in(request.query_params) if named is None else named
            )
            return self.write(lambda: self._create(place, said))

    @schema.detail
    def retrieve(self, request: Request, request_id: str) -> HttpResponse:
        """Look at one request."""
        with timed("request.detail"):
            found = detail(self.caller, self.request_id(request_id))
            etag = versions.shaped(found.etag)
            headers = {"ETag": etag, **cursor_headers(found.positions)}
            if versions.is_fresh(request, etag):
                return HttpResponse(status=304, headers=headers)
            return answer_bytes(dumps(found.request), headers=headers)

    @schema.edits
    def partial_update(self, request: Request, request_id: str) -> HttpResponse:
        """Correct what an open request says."""
        pk = self.request_id(request_id)
        said = self.read_about(RequestChangesShape, EDIT, pk, partial=True)
        with timed("request.edit"), versions.expected(request, said) as expected:
            return self.write(lambda: self._edit(pk, said, expected))

    @schema.removes
    def destroy(self, request: Request, request_id: str) -> HttpResponse:
        """Take a request out of sight; its history stays."""
        pk = self.request_id(request_id)
        said = self.read_about(RemovalShape, REMOVE, pk)
        notes = said.get("notes") or ""
        with timed("request.remove"), versions.expected(request, said) as expected:
            return self.write(lambda: self._remove(pk, notes, expected))

    @schema.moves
    def status(self, request: Request, request_id: str) -> HttpResponse:
        """Move a request to another status, note why, give it to somebody."""
        pk = self.request_id(request_id)
        said = self.read_about(StatusChangeShape, STATUS, pk)
        with timed("request.status"), versions.expected(request, said) as expected:
            return self.write(lambda: self._move(pk, said, expected))

    def _leniently(self, body: object) -> object:
        """Return a body as the old system understood it, where its leniency is wanted again."""
        if flags.is_on(VALIDATION):
            return body
        return leniency.mended(body, needs_room=not self.caller.is_guest)

    def _create(self, place: int, said: Said) -> HttpResponse:
        # In here, because a call repeated by its key is not judged again: its times may be over by now.
        new = _new(said, place, by_voice=_is_voice(self.body))
        return told(self.caller, actions.create(by=self.caller, property_id=place, new=new), made=True)

    def _edit(self, pk: int, said: Said, expected: Expected) -> HttpResponse:
        edited = actions.edit(
            by=self.caller,
            request_id=pk,
            changes=self._changes(said, pk),
            assignee=_assignee(said),
            expected=expected,
        )
        return told(self.caller, edited)

    def _move(self, pk: int, said: Said, expected: Expected) -> HttpResponse:
        moved = actions.change_status(
            by=self.caller,
            request_id=pk,
            status=said["status"],
            notes=said.get("notes") or "",
            assignee=_assignee(said),
            expected=expected,
        )
        return told(self.caller, moved)

    def _remove(self, pk: int, notes: str, expected: Expected) -> HttpResponse:
        removed = actions.remove(by=self.caller, request_id=pk, notes=notes, expected=expected)
        return answer_bytes(dumps({"id": removed.pk, "deleted": True, "version": removed.version}))

    def _changes(self, said: Said, pk: int) -> dict[str, object]:
        given = {name: value for name, value in said.items() if name not in ("version", "assigned_to")}
        if isinstance(given.get("delivery_time"), datetime):
            place = access.get(self.caller, EDIT, pk).property_id
            given["delivery_time"] = to_come("deliveryTime", given["delivery_time"], place)
        elif "delivery_time" in given:
            given["delivery_time"] = None
        return {
            name: CLEARED[name] if value is None else value
            for name, value in given.items()
            if value is not None or name in CLEARED
        }


def told(caller: Caller, request: GuestRequest, *, made: bool = False) -> HttpResponse:
    """Return the answer that shows a request as ``caller`` may see it."""
    data: dict[str, Any] = shown_request(request)
    headers = {"ETag": versions.shaped(etag_of(data))}
    if made:
        headers["Location"] = f"/api/request/{request.pk}"
    if caller.is_guest or not caller.is_known:
        data = for_guest(data)
    return answer_bytes(dumps(data), status=201 if made else 200, headers=headers)


def _new(said: Said, place: int, *, by_voice: bool) -> NewRequest:
    given = {name: value for name, value in said.items() if name in CREATABLE and value not in (None, "", [])}
    if "delivery_time" in given:
        given["delivery_time"] = to_come("deliveryTime", given["delivery_time"], place)
    if "items" in given:
        given["items"] = tuple(given["items"])
    return NewRequest(by_voice=by_voice, **given)


def _is_voice(body: object) -> bool:
    """Say whether an Api-Key speaks for the voice assistant; of ``source`` nothing else counts."""
    return isinstance(body, Mapping) and body.get("source") == "voice"


def _assignee(said: Said) -> NewAssignee:
    return (said["assigned_to"] or None) if "assigned_to" in said else KEEP
