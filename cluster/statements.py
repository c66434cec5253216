"""SQL written once and sent in as few trips as the database allows.

The ORM builds its INSERT anew for every row, which costs more than running it (``performance.md``,
section 2). The hot writes keep the text and ask the model's own fields for the values, so a row
written here is the row ``save()`` would write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
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
    here = connections[DEFAULT_DB_ALIAS]  # each look through ``connection`` finds it anew
    return (
        here.vendor == "postgresql"
        and len(here.atomic_blocks) == 1
        and here.commit_on_exit
        and not here.needs_rollback
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
    """Return the INSERT of ``rows``, all of one model, all or none with an id of their own.

    To PostgreSQL the rows go as one JSON text, whose members its own types read: to quote fifty
    values one by one costs the driver more than all the rest of the statement.
    """
    way = _insert_of(type(rows[0]), has_id=rows[0].pk is not None)
    if connection.vendor == "postgresql":
        told = orjson.dumps([way.told(row) for row in rows], default=_plain, option=orjson.OPT_NON_STR_KEYS)
        return way.from_json, [told.decode()]
    one = f"({', '.join(['%s'] * len(way.fields))})"
    return f"{way.into} VALUES {', '.join([one] * len(rows))}", [v for row in rows for v in way.values(row)]


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


class Insert:
    """How the rows of one model are written; a row written so is the row ``save()`` would write."""

    def __init__(self, model: type[models.Model], *, has_id: bool) -> None:
        known = model._meta.local_concrete_fields
        self.fields = [field for field in known if has_id or not isinstance(field, models.AutoField)]
        table, names = f'"{model._meta.db_table}"', ", ".join(f'"{field.column}"' for field in self.fields)
        self.into = f"INSERT INTO {table} ({names})"
        self.from_json = f"{self.into} SELECT {names} FROM json_populate_recordset(NULL::{table}, %s)"  # noqa: S608
        self._columns = [str(field.column) for field in self.fields]
        self._attributes = attrgetter(*(field.attname for field in self.fields))
        self._own = [field for field in self.fields if _has_a_way_of_its_own(field)]

    def values(self, row: models.Model) -> list[Any]:
        """Return what the fields send to the database."""
        return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in self.fields]

    def told(self, row: models.Model) -> dict[str, Any]:
        """Return the row as a JSON object."""
        told = dict(zip(self._columns, self._attributes(row), strict=True))
        for field in self._own:
            value = field.pre_save(row, add=True)
            told[str(field.column)] = _encoded(field, value) if isinstance(field, models.JSONField) else value
        return told


@cache
def _insert_of(model: type[models.Model], *, has_id: bool) -> Insert:
    return Insert(model, has_id=has_id)


def _has_a_way_of_its_own(field: models.Field[Any, Any]) -> bool:
    """Say whether what is stored is more than the attribute: it fills itself, or has an encoder."""
    fills_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return fills_itself or getattr(field, "encoder", None) is not None


def _encoded(field: Any, value: Any) -> Any:
    return None if value is None else orjson.Fragment(json.dumps(value, cls=field.encoder))


def _plain(value: Any) -> str:
    """Return what PostgreSQL reads for a value JSON has no word for."""
    if isinstance(value, timedelta):
        return f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds"
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} can not be written as JSON")
