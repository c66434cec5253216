"""Reading the log: where a stream stands, what came after a position, what happened to one thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from cluster.models import Event, EventSubject, StreamHead
from cluster.streams.heads import open_streams


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in one stream: everything up to and including ``seq`` is known."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}"


class Gone(StrEnum):
    """Why a log can not be whole from a position."""

    EXPIRED = "expired"
    EPOCH = "epoch"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class LogPage:
    """Events after a position, in order. ``gone`` says why there are none to trust."""

    epoch: str
    head: int
    oldest: int
    events: list[Event]
    gone: Gone | None = None


def read_heads(streams: Iterable[int]) -> dict[int, Cursor]:
    """Return the position of each stream, opening those that have none yet.

    Read it before the data it labels: then no change can be missed, only told twice.
    """
    wanted = set(streams)
    found = _positions(wanted)
    if len(found) < len(wanted):
        open_streams(wanted - found.keys())
        found = _positions(wanted)
    return found


def read_log(stream: int, *, after: int, epoch: str | None, limit: int) -> LogPage:
    """Return at most ``limit`` events after ``after``, or why the log can not be whole from there.

    ``epoch`` None trusts the number alone (a client that kept only ``seq``).
    """
    open_streams([stream])
    events = list(_with_frames(stream, after)[:limit])
    # The head is read after the events: retention that ran between the two shows in ``oldest``.
    head = StreamHead.objects.get(stream=stream)
    gone = _why_gone(head, after, epoch)
    return LogPage(head.epoch, head.seq, head.oldest, [] if gone else events, gone)


def oldest_known(stream: int) -> int:
    """Return the position before the oldest event whose frame is kept: where a newcomer begins."""
    open_streams([stream])
    return StreamHead.objects.values_list("oldest", flat=True).get(stream=stream) - 1


def history(stream: int, subject: int) -> QuerySet[Event]:
    """Return every event of ``subject``, oldest first, batches included."""
    batches = EventSubject.objects.filter(stream=stream, subject=subject).values("seq")
    own = Event.objects.filter(stream=stream, subject=subject)
    return (own | Event.objects.filter(stream=stream, seq__in=batches)).order_by("seq")


def _with_frames(stream: int, after: int) -> QuerySet[Event]:
    rows = Event.objects.filter(stream=stream, seq__gt=after, frame__isnull=False)
    told = ("stream", "epoch", "seq", "name", "subject", "rooms", "frame", "at", "request_id")
    return rows.only(*told).order_by("seq")


def _why_gone(head: StreamHead, after: int, epoch: str | None) -> Gone | None:
    if epoch is not None and epoch != head.epoch:
        return Gone.EPOCH
    if after > head.seq:
        return Gone.AHEAD
    return Gone.EXPIRED if after < head.oldest - 1 else None


def _positions(streams: set[int]) -> dict[int, Cursor]:
    rows = StreamHead.objects.filter(stream__in=streams).values_list("stream", "epoch", "seq")
    return {stream: Cursor(epoch, seq) for stream, epoch, seq in rows}
