"""SQL written once and sent in as few trips as the database allows.

The ORM builds its INSERT anew for every row, which costs more than running it (``performance.md``,
section 2). The hot writes keep the text and ask the model's own fields for the values, so a row
written here is the row ``save()`` would write.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models
from psycopg.pq import TransactionStatus

ModelT = TypeVar("ModelT", bound=models.Model)
Statement = tuple[str, Sequence[Any]]

BEGIN: Statement = ("BEGIN", ())
COMMIT: Statement = ("COMMIT", ())


def begin_with(statement: Statement) -> list[Any]:
    """Run the first statement of a transaction and return its rows; its BEGIN goes in the same trip.

    That is for the outermost block on PostgreSQL. Elsewhere the transaction has begun already.
    """
    with connection.cursor() as cursor:
        if is_outermost() and _is_idle():
            # Else psycopg would send a BEGIN of its own, before ours. Django sets it so again in the end.
            connection.connection.autocommit = True
            send(cursor, [BEGIN, statement])
        else:
            cursor.execute(*statement)
        rows: list[Any] = cursor.fetchall()
    return rows


def commit_with(statements: Sequence[Statement]) -> None:
    """Run the last statements of a transaction, and in the outermost block on PostgreSQL its COMMIT too.

    The block's own end then finds nothing left to commit and goes on with what waited for that. Where
    a statement fails the COMMIT behind it is not run, and an error of the COMMIT itself is raised here.
    """
    together([*statements, COMMIT] if is_outermost() else statements)


def is_outermost() -> bool:
    """Say whether this is PostgreSQL's own transaction: no savepoint, and nothing broken that waits."""
    return (
        connection.vendor == "postgresql"
        and len(connection.atomic_blocks) == 1
        and connection.commit_on_exit
        and not connection.needs_rollback
    )


def _is_idle() -> bool:
    return bool(connection.connection.pgconn.transaction_status == TransactionStatus.IDLE)


def together(statements: Sequence[Statement]) -> None:
    """Run statements whose results nobody needs, in order; in one trip where the database takes several."""
    if not statements:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            send(cursor, statements)
            return
        for statement in statements:
            cursor.execute(*statement)


def send(cursor: Any, statements: Sequence[Statement]) -> None:
    """Send statements to PostgreSQL as one text; the cursor then stands at the last one's result."""
    cursor.execute("; ".join(sql for sql, _ in statements), [v for _, values in statements for v in values])
    for _ in statements[1:]:
        cursor.nextset()


def insert(rows: Sequence[models.Model]) -> Statement:
    """Return the INSERT of ``rows``, all of one model, all or none with an id of their own."""
    sql, columns = _insert_of(type(rows[0]), has_id=rows[0].pk is not None)
    one = f"({', '.join(['%s'] * len(columns))})"
    takes_plain = connection.vendor == "postgresql"
    values = [column.value(row, takes_plain=takes_plain) for row in rows for column in columns]
    return f"{sql} VALUES {', '.join([one] * len(rows))}", values


def insert_one(row: models.Model) -> None:
    """Insert ``row`` and set its id."""
    sql, values = insert([row])
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING id", values)
        row.pk = cursor.fetchone()[0]
    row._state.adding = False  # noqa: SLF001 - what save() leaves behind


def batched(rows: Sequence[ModelT], size: int) -> Iterator[Sequence[ModelT]]:
    """Yield ``rows`` in runs of at most ``size``: databases bound the parameters of a statement."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@dataclass(frozen=True, slots=True)
class Column:
    """One field of an INSERT. ``is_plain`` when PostgreSQL's driver takes its value as it is."""

    field: models.Field[Any, Any]
    is_plain: bool

    def value(self, row: models.Model, *, takes_plain: bool) -> Any:
        """Return what ``save()`` would send."""
        if takes_plain and self.is_plain:
            value = row.__dict__.get(self.field.attname, self)
            if type(value) in PLAIN:
                return value
        return self.field.get_db_prep_save(self.field.pre_save(row, add=True), connection)


# Exact types: a member of an enumeration is a str or int too, and would be sent under its name.
PLAIN = frozenset({str, int, bool, datetime, date, timedelta, type(None)})


@cache
def _insert_of(model: type[models.Model], *, has_id: bool) -> tuple[str, list[Column]]:
    fields = [f for f in model._meta.local_concrete_fields if has_id or not isinstance(f, models.AutoField)]
    names = ", ".join(f'"{field.column}"' for field in fields)
    columns = [Column(field, _is_plain(field)) for field in fields]
    return f'INSERT INTO "{model._meta.db_table}" ({names})', columns


def _is_plain(field: models.Field[Any, Any]) -> bool:
    fills_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return not (fills_itself or isinstance(field, models.JSONField))
