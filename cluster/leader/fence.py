"""The fence: the highest term that has written, locked by every write of a leader."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from cluster.models import ONLY_ROW, LeaderFence
from cluster.streams import Work, unit_of_work

SILENCE_MS = 2_000
"""How long a leader's transaction may stand still: less than the lease, so a paused one's is over by then."""


class Deposed(Exception):
    """A later leader has written: whoever gets this leads no more."""


@contextmanager
def leader_work(term: int) -> Iterator[Work]:
    """Open a unit of work as the leader of that term; keep it short, the next leader waits behind it.

    Raises Deposed, before anything is written, when a later leader has been here. The fence is the
    first lock of the transaction, before rows and heads.
    """
    with unit_of_work() as work:
        _bound_silence()
        stand(term)
        yield work


def stand(term: int) -> None:
    """Lock the fence in this transaction and set it to ``term``. Raises Deposed when it is higher."""
    if _raised(term):
        return
    LeaderFence.objects.bulk_create([LeaderFence()], ignore_conflicts=True)
    if not _raised(term):
        raise Deposed(f"term {term} is over")


def _raised(term: int) -> int:
    return LeaderFence.objects.filter(pk=ONLY_ROW, token__lte=term).update(token=term)


def _bound_silence() -> None:
    """Let PostgreSQL end this transaction when we are stopped in the middle of it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = {SILENCE_MS}")
