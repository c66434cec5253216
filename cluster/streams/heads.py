"""The stream heads: opened on first use, locked in ascending order, moved last."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

import orjson
from django.db import connection

from cluster import metrics
from cluster.models import StreamHead
from cluster.statements import Statement, send

SELECT = "SELECT stream, epoch, seq, oldest, counters, tip FROM cluster_streamhead"
CHECKED: Statement = ("SET CONSTRAINTS ALL IMMEDIATE", ())


def new_epoch() -> str:
    """Return a name for a numbering that can not be mistaken for an earlier one."""
    return f"e{secrets.token_hex(4)}"


def lock_heads(streams: Iterable[int], *, first: Sequence[Statement] = ()) -> dict[int, StreamHead]:
    """Run ``first``, then lock and return the heads of ``streams``: the last locks of a transaction.

    Foreign keys are deferred in Django and would lock their parents at commit, after the heads:
    a check-out against a create deadlocked that way, so they are all checked first.
    """
    wanted = sorted(set(streams))
    heads = _locked(wanted, first)
    if len(heads) < len(wanted):
        _open(stream for stream in wanted if stream not in heads)
        heads = _locked(wanted, ())
    return heads


def open_streams(streams: Iterable[int]) -> None:
    """Open the streams that have no head yet."""
    wanted = set(streams)
    _open(wanted - set(StreamHead.objects.filter(stream__in=wanted).values_list("stream", flat=True)))


def _locked(streams: list[int], first: Sequence[Statement]) -> dict[int, StreamHead]:
    marks = ", ".join(["%s"] * len(streams))
    select = (f"{SELECT} WHERE stream IN ({marks}) ORDER BY stream", streams)
    with metrics.HEAD_LOCK_WAIT.time(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            send(cursor, [*first, CHECKED, (f"{select[0]} FOR NO KEY UPDATE", streams)])
        else:  # SQLite's IMMEDIATE transaction holds the only lock there is
            for statement in (*first, select):
                cursor.execute(*statement)
        return {row[0]: StreamHead(*row[:4], orjson.loads(row[4]), row[5]) for row in cursor.fetchall()}


def _open(streams: Iterable[int]) -> None:
    rows = [StreamHead(stream=stream, epoch=new_epoch()) for stream in sorted(streams)]
    StreamHead.objects.bulk_create(rows, ignore_conflicts=True)
