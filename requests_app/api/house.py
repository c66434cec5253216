"""What the caller's properties are, what they offer, and who works there."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import get_language_from_request
from rest_framework.request import Request

from cluster.answers import answer_bytes, dumps
from requests_app import actions
from requests_app.api import schema
from requests_app.api.door import Door
from requests_app.api.shapes import DutyShape
from requests_app.permissions import CATALOGUE, DUTY, STAFF
from requests_app.queries import catalogue, people
from requests_app.queries.stays import language_of


class HouseDoor(Door):
    """The catalogue and the staff."""

    @schema.properties
    def properties(self, request: Request) -> HttpResponse:
        """List the properties open to you."""
        places = catalogue.properties(self.caller, self.scope(CATALOGUE))
        return answer_bytes(dumps([catalogue.shown_property(place) for place in places]))

    @schema.services
    def services(self, request: Request) -> HttpResponse:
        """List what the properties offer, in your language."""
        places = catalogue.properties(self.caller, self.scope(CATALOGUE))
        return answer_bytes(dumps(catalogue.services(places, self._language())))

    @schema.staff
    def staff(self, request: Request) -> HttpResponse:
        """List who can be given work, whether on duty, and how much they have."""
        return answer_bytes(dumps(people.staff(self.scope(STAFF))))

    @schema.sets_duty
    def set_duty(self, request: Request, username: str) -> HttpResponse:
        """Put somebody on duty or off."""
        said = self.read_for(DutyShape, DUTY)
        place = self.property_for(DUTY, said)
        return self.write(lambda: self._set_duty(place, username, on_duty=said["on_duty"]))

    def _set_duty(self, place: int, username: str, *, on_duty: bool) -> HttpResponse:
        duty = actions.set_duty(by=self.caller, property_id=place, username=username, on_duty=on_duty)
        member = duty.membership
        return answer_bytes(dumps(people.shown_member(member, people.open_requests_of(member))))

    def _language(self) -> str:
        """Return the person's own language, else the stay's, else what their browser asks for."""
        known = self.caller.language or language_of(self.caller)
        if known or "HTTP_ACCEPT_LANGUAGE" not in self.request.META:
            return known
        return get_language_from_request(self.request)
