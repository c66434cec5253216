"""Taking words out of events that were told long ago, without a gap in their numbers.

The log is append-only but for this, and for retention: the law gives a person the right to be
forgotten, so what an event says of them can be rewritten; that it happened, and when, stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson
from django.db.models import Q, QuerySet

from cluster.escaping import escape_markup
from cluster.models import Event, EventSubject
from cluster.streams.work import UnderHead

Scrub = Callable[[Any, frozenset[int]], Any]
"""Return a value without what must go; the second says which subjects it is about."""

ROWS_AT_ONCE = 100


class Rewriting(UnderHead):
    """Rewrites the events of some subjects of one stream, under its head.

    They are read only once the head is locked: a batch event has several subjects, and two who
    rewrite it at once would each bring back what the other took out.
    """

    def __init__(self, stream: int) -> None:
        super().__init__(stream)
        self._subjects: set[int] = set()
        self._scrub: Scrub = lambda value, _: value

    def add(self, subjects: Iterable[int], scrub: Scrub) -> None:
        """Have everything that happened to ``subjects`` rewritten by ``scrub`` when the unit ends."""
        self._subjects.update(subjects)
        self._scrub = scrub

    def apply(self) -> None:
        """Rewrite frames and change records, and drop what a client named its call.

        A frame that retention dropped stays dropped.
        """
        changed = [event for event in of_subjects(self.stream, self._subjects) if self._rewritten(event)]
        Event.objects.bulk_update(changed, ["frame", "change", "request_id"], batch_size=ROWS_AT_ONCE)

    def _rewritten(self, event: Event) -> bool:
        about = frozenset(self._subjects)
        change, frame = self._scrub(event.change, about), _frame(event.frame, self._scrub, about)
        is_other = (change, frame, "") != (event.change, event.frame, event.request_id)
        event.change, event.frame, event.request_id = change, frame, ""
        return is_other


def of_subjects(stream: int, subjects: Iterable[int]) -> QuerySet[Event]:
    """Return the events of any of these subjects, batches included."""
    wanted = list(subjects)
    batches = EventSubject.objects.filter(stream=stream, subject__in=wanted).values("seq")
    return Event.objects.filter(Q(subject__in=wanted) | Q(seq__in=batches), stream=stream).order_by("seq")


def _frame(frame: str | None, scrub: Scrub, about: frozenset[int]) -> str | None:
    if frame is None:
        return None
    told = orjson.loads(frame)
    told["data"] = scrub(told["data"], about)
    return escape_markup(orjson.dumps(told)).decode()
