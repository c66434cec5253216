"""What was said about a request, and what happened to it."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from cluster.answers import answer_bytes, dumps
from cluster.timings import timed
from requests_app import actions
from requests_app.api import schema
from requests_app.api.door import Door
from requests_app.api.shapes import MessageShape
from requests_app.permissions import THREAD
from requests_app.queries import detail
from requests_app.shown import message_for_guest, shown_message


class ThreadDoor(Door):
    """The thread between guest and staff, and the history beside it."""

    swift = frozenset({"create"})

    @schema.history
    def history(self, request: Request, request_id: str) -> HttpResponse:
        """List every change: who, when, from, to, notes, node."""
        self.require_v2()
        with timed("request.history"):
            return answer_bytes(dumps(detail.history(self.caller, self.request_id(request_id))))

    @schema.messages
    def list(self, request: Request, request_id: str) -> HttpResponse:
        """Read the thread, oldest first."""
        self.require_v2()
        return answer_bytes(dumps(detail.messages(self.caller, self.request_id(request_id))))

    @schema.posts_message
    def create(self, request: Request, request_id: str) -> HttpResponse:
        """Write into the thread."""
        self.require_v2()
        pk = self.request_id(request_id)
        said = self.read_about(MessageShape, THREAD, pk)
        with timed("request.message"):
            return self.write(lambda: self._post(pk, said["content"]))

    def _post(self, pk: int, content: str) -> HttpResponse:
        line = shown_message(actions.post_message(by=self.caller, request_id=pk, content=content))
        return answer_bytes(dumps(message_for_guest(line) if self.caller.is_guest else line), status=201)
