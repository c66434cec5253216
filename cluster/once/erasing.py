"""Taking answers back that must not be given again; their keys stay used until they are old."""

from __future__ import annotations

from collections.abc import Callable

from cluster.models import IdempotencyRecord
from cluster.once.sealing import unseal

ROWS_AT_ONCE = 500


def erase_answers(is_about: Callable[[bytes], bool]) -> int:
    """Empty every stored answer that ``is_about`` knows by its JSON; return how many there were.

    A caller who then repeats the call is told that its answer can no longer be read: it is not done
    twice. An answer that none of our keys opens can not be read by anybody, so it is emptied too.
    """
    erased, last = 0, 0
    while rows := _after(last):
        last = rows[-1].pk
        found = [row.pk for row in rows if _concerns(row, is_about)]
        erased += IdempotencyRecord.objects.filter(pk__in=found).update(body="")
    return erased


def _after(pk: int) -> list[IdempotencyRecord]:
    return list(IdempotencyRecord.objects.filter(pk__gt=pk).exclude(body="").order_by("pk")[:ROWS_AT_ONCE])


def _concerns(row: IdempotencyRecord, is_about: Callable[[bytes], bool]) -> bool:
    opened = unseal(row.body, f"{row.scope}:{row.key}")
    return opened is None or is_about(opened)
