"""Events of the past: numbered like all others, but with nothing left to tell to listeners."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cluster import identity
from cluster.models import Event, StreamHead
from cluster.streams import UnderHead
from requests_app.chronicle import loading


class Happening(NamedTuple):
    """One line of a request's history; ``change`` is encoded JSON as ``requests_app.events`` writes it."""

    at: datetime
    subject: int
    name: str
    change: str


class PastEvents(UnderHead):
    """The history one unit of work adds to a stream. Applied under the stream's head."""

    def __init__(self, stream: int) -> None:
        super().__init__(stream)
        self._happenings: list[Happening] = []

    def add(self, happenings: list[Happening]) -> None:
        """Remember what happened."""
        self._happenings += happenings

    def apply(self) -> None:
        """Number and write it. Nobody can be told it frame by frame, so the log begins anew after it."""
        head = StreamHead.objects.get(stream=self.stream)
        node = identity.instance_id()
        rows = [
            (self.stream, head.epoch, seq, name, subject, at, node, "[]", change)
            for seq, (at, subject, name, change) in enumerate(self._in_order(), head.seq + 1)
        ]
        loading.insert(Event, COLUMNS, rows)
        last = head.seq + len(rows)
        StreamHead.objects.filter(stream=self.stream).update(seq=last, oldest=last + 1)

    def _in_order(self) -> list[Happening]:
        """Return all by time; what happened to one request at one moment stays in its order."""
        return sorted(self._happenings, key=lambda happening: happening.at)


COLUMNS = ("stream", "epoch", "seq", "name", "subject", "at", "node", "rooms", "change")
