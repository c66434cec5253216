"""Guests who move in, change rooms, stay longer, and leave."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from cluster.answers import answer_bytes, dumps
from requests_app import actions
from requests_app.api import paths, schema
from requests_app.api.door import Door, Said
from requests_app.api.shapes import NewStayShape, StayChangeShape
from requests_app.api.zones import check_out_at
from requests_app.permissions import STAYS
from requests_app.queries.stays import open_stays, shown_stay, stay_of


class StayDoor(Door):
    """Stays and their guest tokens."""

    @schema.opens_stay
    def create(self, request: Request) -> HttpResponse:
        """Check a guest in; the token is shown this once."""
        said = self.read_for(NewStayShape, STAYS)
        place = self.property_for(STAYS, said)
        return self.write(lambda: self._open(place, said))

    @schema.stays
    def list(self, request: Request) -> HttpResponse:
        """List the open stays, newest first."""
        properties = self.scope(STAYS)
        room = request.query_params.get("roomNumber") or request.query_params.get("room_number")
        return answer_bytes(dumps(open_stays(properties, paths.room(room) if room else "")))

    @schema.moves_stay
    def partial_update(self, request: Request, stay_id: str) -> HttpResponse:
        """Give the guest another room, or a later check-out; the token stays good."""
        pk = self.identifier(stay_id)
        said = self.read(StayChangeShape, lambda: stay_of(self.caller, STAYS, pk), partial=True)
        return self.write(lambda: self._move(pk, said))

    @schema.checks_out
    def check_out(self, request: Request, stay_id: str) -> HttpResponse:
        """Check the guest out: the token and its sockets die."""
        pk = self.identifier(stay_id)
        return self.write(
            lambda: answer_bytes(dumps(shown_stay(actions.check_out(by=self.caller, stay_id=pk))))
        )

    def _open(self, place: int, said: Said) -> HttpResponse:
        opened = actions.open_stay(
            by=self.caller,
            property_id=place,
            room_number=said["room_number"],
            guest_name=said.get("guest_name") or "",
            language=said.get("language") or "",
            check_out=check_out_at(said.get("check_out") or None, place),
        )
        url = self.request.build_absolute_uri(f"/s/{opened.token}")
        shown = {**shown_stay(opened.stay), "token": opened.token, "url": url}
        return answer_bytes(dumps(shown), status=201, headers={"Cache-Control": "no-store"})

    def _move(self, pk: int, said: Said) -> HttpResponse:
        until = said.get("check_out")
        if until:
            until = check_out_at(until, stay_of(self.caller, STAYS, pk).property_id)
        moved = actions.move_stay(
            by=self.caller, stay_id=pk, room_number=said.get("room_number"), check_out=until
        )
        return answer_bytes(dumps(shown_stay(moved)))
