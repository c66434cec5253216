"""Old events lose their frames; the small record of each change stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.utils import timezone

from cluster.leader import leader_work
from cluster.models import Event, StreamHead
from cluster.statements import Statement
from cluster.streams import UnderHead, Work, unit_of_work

Unit = Callable[[], AbstractContextManager[Work]]

BATCH = 500
MOST_BATCHES = 200

DROP_FRAMES = (
    "UPDATE cluster_event SET frame = NULL, request_id = '' WHERE stream = %s AND seq >= %s AND seq < %s"
)
ADVANCE = "UPDATE cluster_streamhead SET oldest = %s WHERE stream = %s AND oldest < %s"


class Forgetting(UnderHead):
    """Drops the frames of one stream from its oldest up to a number, under its head."""

    oldest = 0
    until = 0

    def statements(self) -> Iterable[Statement]:
        """Return what goes along with the head."""
        yield DROP_FRAMES, (self.stream, self.oldest, self.until)
        yield ADVANCE, (self.until, self.stream, self.until)


def drop_old_frames(term: int) -> int:
    """Drop what is too old or too much, as the leader; return how many events."""
    return drop_frames(partial(leader_work, term))


def drop_frames(unit: Unit = unit_of_work) -> int:
    """Drop what is too old or too much, of every stream, in small transactions; return how many events."""
    return sum(_drop_of(stream, unit) for stream in StreamHead.objects.values_list("stream", flat=True))


def superfluous() -> int:
    """Return how many events would lose their frames now, at most a batch a stream."""
    spans = [_superfluous(stream) for stream in StreamHead.objects.values_list("stream", flat=True)]
    return sum(until - oldest for oldest, until in spans)


def _drop_of(stream: int, unit: Unit) -> int:
    dropped = 0
    for _ in range(MOST_BATCHES):
        oldest, until = _superfluous(stream)
        if until <= oldest:
            break
        with unit() as work:
            forgetting = work.under_head(Forgetting, stream)
            forgetting.oldest, forgetting.until = oldest, until
        dropped += until - oldest
    return dropped


def _superfluous(stream: int) -> tuple[int, int]:
    """Return the oldest number that is kept, and the first that should be, at most a batch further.

    Nothing is locked: numbers only grow and events never change, so later it can only be more.
    """
    head = StreamHead.objects.get(stream=stream)
    too_many = head.seq - settings.EVENT_RETENTION_COUNT
    too_old = timezone.now() - timedelta(days=settings.EVENT_RETENTION_DAYS)
    batch = Event.objects.filter(stream=stream, seq__gte=head.oldest, seq__lt=head.oldest + BATCH)
    until = head.oldest
    for seq, at in batch.order_by("seq").values_list("seq", "at"):
        if seq > too_many and at >= too_old:
            break
        until = seq + 1
    return head.oldest, until
