"""The lists of requests: all of them narrowed by filters, or by what the path says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from cluster.streams import Head
from cluster.timings import timed
from requests_app import flags
from requests_app.api import paths, schema, swift, versions
from requests_app.api.door import Door
from requests_app.api.filters import check_assignee, criteria_of
from requests_app.api.paging import paging_of
from requests_app.api.swift import written
from requests_app.lifecycle import Status
from requests_app.permissions import OVERVIEW, READ
from requests_app.queries import cached
from requests_app.queries.criteria import Criteria
from requests_app.queries.keyset import MOST_PRESSING, Order
from requests_app.queries.listing import Question
from requests_app.queries.positions import Position, cursor_header
from security import memory

Narrow = Callable[[Criteria], Criteria]


class ListDoor(Door):
    """Pages of requests."""

    @classmethod
    def as_view(cls, actions: Any = None, **options: Any) -> Any:
        """Return the view, with the short way to what is remembered before it."""
        return swift.before(super().as_view(actions, **options))

    @schema.lists
    def list(self, request: Request) -> HttpResponse:
        """List the requests you may see, newest first."""
        with timed("request.list"):
            return self._page(READ)

    @schema.ranks
    def urgent(self, request: Request) -> HttpResponse:
        """List open requests of high priority or urgency, the most pressing first."""
        with timed("request.urgent"):
            return self._page(OVERVIEW, lambda asked: replace(asked, pressing=True), order=MOST_PRESSING)

    @schema.lists
    def pending(self, request: Request) -> HttpResponse:
        """List the requests nobody has begun."""
        return self._page(OVERVIEW, lambda asked: replace(asked, statuses=(Status.PENDING.value,)))

    @schema.lists
    def completed(self, request: Request) -> HttpResponse:
        """List the requests that are done."""
        return self._page(OVERVIEW, lambda asked: replace(asked, statuses=(Status.COMPLETED.value,)))

    @schema.of_room
    def by_room(self, request: Request, room_number: str) -> HttpResponse:
        """List the requests of one room."""
        return self._page(OVERVIEW, lambda asked: replace(asked, exact_room=paths.room(room_number)))

    @schema.of_guest
    def by_guest(self, request: Request, guest_name: str) -> HttpResponse:
        """List the requests of guests whose name contains this."""
        return self._page(
            OVERVIEW, lambda asked: replace(asked, guest_name=paths.name("guestName", guest_name))
        )

    @schema.of_status
    def by_status(self, request: Request, status: str) -> HttpResponse:
        """List the requests in one status."""
        return self._page(OVERVIEW, lambda asked: replace(asked, statuses=paths.statuses(status)))

    @schema.of_priority
    def by_priority(self, request: Request, priority: str) -> HttpResponse:
        """List the requests of one priority."""
        return self._page(OVERVIEW, lambda asked: replace(asked, priorities=paths.priorities(priority)))

    @schema.of_assignee
    def by_assignee(self, request: Request, assigned_to: str) -> HttpResponse:
        """List the requests given to one person: a username, me, or none."""
        name = paths.name("assignedTo", assigned_to)
        check_assignee(name, self.scope(OVERVIEW))
        return self._page(OVERVIEW, lambda asked: replace(asked, assigned_to=name))

    def _page(
        self, permission: str, narrow: Narrow | None = None, order: Order | None = None
    ) -> HttpResponse:
        properties = self.scope(permission)
        query = self.request.query_params
        criteria, zone = criteria_of(query, self.caller, properties)
        question = Question(
            caller=self.caller,
            permission=permission,
            criteria=narrow(criteria) if narrow else criteria,
            paging=paging_of(query, order),
            properties=properties,
            zone=zone,
            shape=flags.shape(),
        )
        found = cached.page(question, seen=versions.seen(self.bare), known=self._heads())
        swift.note(self.bare, self.caller, found, timing=self.timing)
        return written(found.page, found.tag, cursor_header(found.stands.positions), found.layer)

    @property
    def timing(self) -> str:
        """Return the name this list is timed under, "" for none."""
        return TIMINGS.get(self.action, "")

    def _heads(self) -> Mapping[int, Head] | None:
        """Return the heads that were read in this call already, if any were."""
        known = memory.recognised(self.bare)
        return known.heads if known else None


TIMINGS = {"list": "request.list", "urgent": "request.urgent"}


def cursor_headers(positions: list[Position]) -> dict[str, str]:
    """Return the header that tells where the streams stood before the data was read."""
    return {"X-Stream-Cursor": cursor_header(positions)} if positions else {}
