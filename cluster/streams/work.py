"""The unit of work: rows, counters and news in one transaction.

Order of locks, everywhere: the rows of the change (ascending primary key), then the stream heads
(ascending), then nothing. So the order of numbers is the order of commits, a rollback gives its
numbers back, and a gap a listener sees always means "not yet seen".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar, cast

import orjson
from django.db import models, transaction
from django.utils import timezone

from cluster import bus, identity, tracing
from cluster.context import current_request_id
from cluster.models import Event, EventSubject, StreamHead
from cluster.statements import Statement, batched, begin_with, commit_with, insert, insert_one, together
from cluster.streams import frames, scribes
from cluster.streams.heads import lock_heads
from cluster.streams.scribes import Emission, Note
from cluster.streams.standing import Head, heads_in, standing_of


class UnderHead:
    """Changes of rows that a stream head guards, gathered during a unit and written under its lock."""

    def __init__(self, stream: int) -> None:
        self.stream = stream

    def statements(self) -> Iterable[Statement]:
        """Return what is sent along with the moved heads, in their one trip."""
        return ()

    def apply(self) -> None:
        """Do what can not be said as statements, once the heads have moved; only to rows they guard."""

    @classmethod
    def applies(cls) -> bool:
        """Say whether there is such a thing to do."""
        return cls.apply is not UnderHead.apply


MOVE_HEAD = "UPDATE cluster_streamhead SET seq = %s, counters = %s, tip = %s WHERE stream = %s"
ROWS_AT_ONCE = 50
NOTHING: Mapping[str, object] = MappingProxyType({})
Gathered = TypeVar("Gathered", bound=UnderHead)

Opened = Callable[[Mapping[int, Head]], object]
"""Told, in a transaction's first trip, where the control stream stands; it may raise to end it there."""


@dataclass(slots=True)
class Work:
    """What one transaction has to tell and to count when it is done."""

    _emissions: list[Emission] = field(default_factory=list)
    _deltas: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    _new: list[models.Model] = field(default_factory=list)
    _gathered: dict[tuple[type[UnderHead], int], UnderHead] = field(default_factory=dict)
    _notes: list[Note] = field(default_factory=list)

    def emit(
        self,
        stream: int,
        name: str,
        *,
        label: str,
        subjects: Sequence[int],
        rooms: Sequence[str],
        actor: Mapping[str, object],
        data: Mapping[str, object],
        change: Mapping[str, object],
        beside: Mapping[str, object] = NOTHING,
    ) -> None:
        """Announce ``name`` on ``stream`` once the unit commits.

        ``label`` is the public name of the stream, ``rooms`` who hears it, ``data`` what they hear,
        ``change`` the small record that stays in the history of each of ``subjects``, ``beside`` what
        the scribes are told instead of or over and above what ``change`` says.
        """
        now = timezone.now()
        body = frames.encode_body(
            event=name, rooms=list(rooms), at=now, actor=actor, node=identity.instance_id(), data=data
        )
        self._emissions.append(
            Emission(stream, label, name, tuple(subjects), list(rooms), actor, change, now, body, beside)
        )

    def note(self, stream: int, what: object) -> None:
        """Leave something for the scribes, who write it under the head of ``stream``."""
        self._notes.append(Note(stream, what))

    def count(self, stream: int, deltas: Mapping[str, int]) -> None:
        """Move the exact counters of ``stream`` by ``deltas`` under its head."""
        counters = self._deltas[stream]
        for name, delta in deltas.items():
            counters[name] += delta

    def insert(self, row: models.Model) -> None:
        """Insert a new row: on the way to the heads when its id is drawn already, else at once."""
        if row.pk is None:
            insert_one(row)
        else:
            self._new.append(row)

    def under_head(self, kind: type[Gathered], stream: int) -> Gathered:
        """Return this unit's one ``kind`` for ``stream``; it is applied after the head is locked."""
        return cast("Gathered", self._gathered.setdefault((kind, stream), kind(stream)))

    def finish(self) -> None:
        """Lock the heads, move the counters, number the events, write them. Last before commit."""
        streams = {emission.stream for emission in self._emissions} | set(self._deltas)
        streams |= {stream for _, stream in self._gathered}
        streams |= {note.stream for note in self._notes}
        new = [insert([row]) for row in self._new]
        if not streams:
            together(new)
            return
        heads = lock_heads(streams, first=new)
        self._move_counters(heads)
        events = [self._numbered(emission, heads[emission.stream]) for emission in self._emissions]
        transaction.on_commit(lambda: bus.publish(events))
        # The scribes move the tips, so they go before the heads are told.
        book = scribes.written(heads, self._emissions, self._notes)
        last = [*self._moves(heads), *self._rows(events), *book]
        appliers = [gathered for gathered in self._gathered.values() if gathered.applies()]
        if not appliers:
            commit_with(last)
            return
        together(last)
        for gathered in appliers:
            gathered.apply()

    def _moves(self, heads: Mapping[int, StreamHead]) -> Iterator[Statement]:
        for head in heads.values():
            counters = orjson.dumps(head.counters).decode()
            yield MOVE_HEAD, (head.seq, counters, head.tip, head.stream)
        for gathered in self._gathered.values():
            yield from gathered.statements()

    def _rows(self, events: Sequence[Event]) -> Iterator[Statement]:
        for rows in (events, self._index_of_batches(events)):
            yield from (insert(some) for some in batched(rows, ROWS_AT_ONCE))

    def _move_counters(self, heads: Mapping[int, StreamHead]) -> None:
        for stream, deltas in self._deltas.items():
            counters = heads[stream].counters
            for name, delta in deltas.items():
                counters[name] = counters.get(name, 0) + delta

    def _numbered(self, emission: Emission, head: StreamHead) -> Event:
        head.seq += 1
        event = Event(
            stream=head.stream,
            epoch=head.epoch,
            seq=head.seq,
            name=emission.name,
            subject=emission.subjects[0] if len(emission.subjects) == 1 else None,
            at=emission.at,
            node=identity.instance_id(),
            rooms=emission.rooms,
            change=emission.change,
            request_id=current_request_id(),
            frame=frames.finish(emission.body, label=emission.label, epoch=head.epoch, seq=head.seq),
        )
        event.trace = tracing.tracer().current()
        return event

    def _index_of_batches(self, events: Sequence[Event]) -> list[EventSubject]:
        return [
            EventSubject(stream=event.stream, subject=subject, seq=event.seq)
            for event, emission in zip(events, self._emissions, strict=True)
            if len(emission.subjects) > 1
            for subject in emission.subjects
        ]


_current: ContextVar[Work | None] = ContextVar("unit_of_work", default=None)


def current_work() -> Work | None:
    """Return the unit this code runs in, if any."""
    return _current.get()


@contextmanager
def unit_of_work(opened: Opened | None = None, *, durable: bool = True) -> Iterator[Work]:
    """Open the unit, or join the one already open; the outermost is durable and tells the news.

    An exception that leaves any unit rolls back the whole of it: nothing is told, no number is used.
    ``opened`` looks at the control stream's head inside the transaction, before anything is done.
    One that is not ``durable`` may stand in somebody else's transaction, and holds its heads until that ends.
    """
    outer = _current.get()
    if outer is not None:
        with transaction.atomic(savepoint=False):
            _look(opened)
            yield outer
        return
    work = Work()
    token = _current.set(work)
    try:
        with transaction.atomic(durable=durable):
            _look(opened)
            yield work
            work.finish()
    finally:
        _current.reset(token)


def _look(opened: Opened | None) -> None:
    if opened is not None:
        opened(heads_in(begin_with(standing_of(()))))
