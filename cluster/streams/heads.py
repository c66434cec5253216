"""The stream heads: opened on first use, locked in ascending order, moved last."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db import connection

from cluster.models import StreamHead


def new_epoch() -> str:
    """Return a name for a numbering that can not be mistaken for an earlier one."""
    return f"e{secrets.token_hex(4)}"


def lock_heads(streams: Iterable[int]) -> dict[int, StreamHead]:
    """Lock and return the heads of ``streams``; must be the last locks of a transaction.

    Foreign keys are deferred in Django and would lock their parents at commit, after the heads:
    a check-out against a create deadlocked that way, so they are all checked first.
    """
    wanted = sorted(set(streams))
    _check_deferred_constraints()
    heads = _locked(wanted)
    if len(heads) < len(wanted):
        _open(stream for stream in wanted if stream not in heads)
        heads = _locked(wanted)
    return heads


def ensure_heads(streams: Iterable[int]) -> None:
    """Open the streams that have no head yet."""
    wanted = set(streams)
    _open(wanted - set(StreamHead.objects.filter(stream__in=wanted).values_list("stream", flat=True)))


def _locked(streams: list[int]) -> dict[int, StreamHead]:
    rows = StreamHead.objects.select_for_update(no_key=True).filter(stream__in=streams).order_by("stream")
    return {head.stream: head for head in rows}


def _open(streams: Iterable[int]) -> None:
    rows = [StreamHead(stream=stream, epoch=new_epoch()) for stream in sorted(streams)]
    StreamHead.objects.bulk_create(rows, ignore_conflicts=True)


def _check_deferred_constraints() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
