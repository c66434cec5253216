"""Reading the book, and writing into it as somebody would who owns the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from cluster.models import StreamHead
from security.audit import appendonly, checkpoints, verifying
from security.audit.chain import Tip
from security.audit.verifying import Finding
from security.models import AuditEntry

TABLES = appendonly.TABLES


def entries(action: str = "") -> list[AuditEntry]:
    rows = AuditEntry.objects.order_by("id")
    return list(rows.filter(action=action) if action else rows)


def only(action: str) -> AuditEntry:
    (found,) = entries(action)
    return found


def finding(chain: int) -> Finding | None:
    return verifying.verify(chain, lambda _: None).finding


def found(chain: int) -> tuple[str, int] | None:
    wrong = finding(chain)
    return (wrong.kind, wrong.number) if wrong else None


def signed(chain: int) -> None:
    tip = StreamHead.objects.values_list("tip", flat=True).get(stream=chain)
    checkpoints.sign(chain, Tip.read(tip))


def run(sql: str, *values: str | int | datetime) -> None:
    with off_guard(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def off_guard() -> Iterator[None]:
    """Take the triggers off as the owner of the tables can."""
    _execute(appendonly.removals(connection.vendor))
    yield
    _execute(appendonly.statements(connection.vendor))


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
