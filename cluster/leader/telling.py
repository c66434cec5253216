"""A change of leader, told in the log: once a term, by the new leader, as the first of its jobs."""

from __future__ import annotations

from cluster import identity
from cluster.leader.fence import leader_work
from cluster.models import CONTROL_STREAM, Event

CHANGED = "leader:changed"


def tell_takeover(term: int) -> None:
    """Write that this node leads in this term, unless that is written already."""
    told = Event.objects.filter(stream=CONTROL_STREAM, name=CHANGED).order_by("-seq").first()
    if told is not None and told.change["term"] >= term:
        return
    said = {"leader": identity.instance_id(), "term": term}
    with leader_work(term) as work:
        work.emit(
            CONTROL_STREAM,
            CHANGED,
            label="control",
            subjects=(),
            rooms=(),
            actor={"displayName": identity.instance_id()},
            data=said,
            change=said,
        )
