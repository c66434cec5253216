"""The event log after a position: catching up without a socket."""

from __future__ import annotations

import re

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from cluster.answers import answer_bytes, dumps
from cluster.answers.problems import Invalid, LogGone, detail
from cluster.models import Event
from cluster.streams import Cursor, Gone, LogPage, oldest_known, read_log
from requests_app.api import schema
from requests_app.api.door import Door
from requests_app.api.paging import number
from requests_app.guest_view import guest_frame, stay_room
from requests_app.permissions import EVENTS
from security.caller import Caller

MOST = 500
DEFAULT = 100
SINCE = re.compile(r"(?:([A-Za-z0-9]{1,16}):)?([0-9]{1,18})")
REASONS = {
    Gone.EXPIRED: "older events than we still keep",
    Gone.EPOCH: "the numbering began anew",
    Gone.AHEAD: "we have not come that far",
}


class LogDoor(Door):
    """Every event of a property, in order, none missing."""

    @schema.events
    def events(self, request: Request) -> HttpResponse:
        """Read the events after a position; 410 when they can not be whole."""
        place = self.property_for(EVENTS, {})
        limit = number(request.query_params, "limit", default=DEFAULT, most=MOST)
        since = request.query_params.get("since")
        epoch, after = _since(since) if since else (None, oldest_known(place))
        page = read_log(place, after=after, epoch=epoch, limit=limit)
        if page.gone is not None:
            raise _gone(page, page.gone)
        return answer_bytes(_told(page, after, self.caller))


def _since(text: str) -> tuple[str | None, int]:
    found = SINCE.fullmatch(text)
    if found is None:
        raise Invalid.field("since", "Send a position as epoch:seq, or a seq.")
    return found[1], int(found[2])


def _gone(page: LogPage, why: Gone) -> LogGone:
    said = detail("since", REASONS[why], why.value, epoch=page.epoch, head=page.head, oldest=page.oldest)
    return LogGone(details=[said])


def _told(page: LogPage, after: int, caller: Caller) -> bytes:
    last = page.events[-1].seq if page.events else after
    rest = {
        "epoch": page.epoch,
        "head": page.head,
        "oldest": page.oldest,
        "next": str(Cursor(page.epoch, last)),
        "complete": last >= page.head,
    }
    frames = [frame for event in page.events if (frame := _frame(event, caller)) is not None]
    return b'{"events":[' + b",".join(frames) + b"]," + dumps(rest)[1:]


def _frame(event: Event, caller: Caller) -> bytes | None:
    """Return the event as it was encoded when it was written; a guest's is reduced."""
    if event.frame is None:
        return None
    if caller.stay_id is None:
        return event.frame.encode()
    if stay_room(caller.stay_id) not in event.rooms:
        return None
    seen = guest_frame(orjson.loads(event.frame), caller.stay_id)
    return None if seen is None else dumps(seen)
