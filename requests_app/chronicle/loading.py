"""Many rows at once, by whatever is fastest on the database at hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, models

Row = Sequence[object]


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write ``rows`` of plain values; JSON comes encoded, moments aware."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608
        cursor.executemany(statement, [[_adapted(value) for value in row] for row in rows])


def reserve_ids(model: type[models.Model], number: int) -> list[int]:
    """Return ``number`` rising primary keys nobody else will be given; call inside a transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            drawn = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(drawn, [connection.ops.quote_name(table), number])
            return [pk for (pk,) in cursor.fetchall()]
        # SQLite has one writer, and it is us: nobody draws a number between this look and our insert.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        used = (cursor.fetchone() or (0,))[0]
        return list(range(used + 1, used + 1 + number))


def refresh_plans(*tables: type[models.Model]) -> None:
    """Tell the database's planner how much is there now; it would find out by itself, later."""
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _adapted(value: object) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, timedelta):
        return (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    return str(value) if isinstance(value, date | Decimal) else value
