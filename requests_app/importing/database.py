"""Reading the old system's own PostgreSQL database, without changing or locking anything in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from requests_app.importing.rows import REQUESTS, Row, SourceError

CONNECT_SECONDS = 10
ROWS_AT_ONCE = 1000
MOST_NEIGHBOURS = 100_000


@dataclass(frozen=True, slots=True)
class Database:
    """A database by its address; each reading is one snapshot."""

    address: str

    def count(self) -> int:
        """Return how many requests there are. Raises SourceError."""
        with self._opened() as connection:
            self._demand(connection)
            row = connection.execute("SELECT count(*) FROM request").fetchone()
        return int(row[0]) if row else 0

    def small(self, table: str) -> list[Row]:
        """Return all rows of a neighbour table. Raises SourceError."""
        with self._opened() as connection:
            names = _columns(connection, table)
            if not names:
                return []
            statement = sql.SQL("{} LIMIT {}").format(_selected(table, names), MOST_NEIGHBOURS + 1)
            rows = connection.execute(statement).fetchall()
        if len(rows) > MOST_NEIGHBOURS:
            raise SourceError(f"more than {MOST_NEIGHBOURS:,} rows in {table}")
        return [Row(f"a row of {table}", dict(zip(names, row, strict=True))) for row in rows]

    def requests(self) -> Iterator[Row]:
        """Yield every request in the order of their ids. Raises SourceError."""
        with self._opened() as connection:
            names = self._demand(connection)
            statement = sql.SQL("{} ORDER BY id").format(_selected(REQUESTS, names))
            with connection.cursor("bellhop_import") as cursor:
                cursor.itersize = ROWS_AT_ONCE
                cursor.execute(statement)
                for row in cursor:
                    values = dict(zip(names, row, strict=True))
                    yield Row(f"id {values['id']}", values)

    def _demand(self, connection: psycopg.Connection) -> list[str]:
        names = _columns(connection, REQUESTS)
        if "id" not in names:
            raise SourceError("there is no table request with a column id in that database")
        return names

    @contextmanager
    def _opened(self) -> Iterator[psycopg.Connection]:
        try:
            with psycopg.connect(
                self.address,
                connect_timeout=CONNECT_SECONDS,
                application_name="bellhop import",
                options="-c TimeZone=UTC -c default_transaction_read_only=on",
            ) as connection:
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                yield connection
        except psycopg.Error as problem:
            # libpq tells host, port, user and database, and never the password.
            raise SourceError(" ".join(str(problem).split()) or type(problem).__name__) from None


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    statement = (
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0"
        " AND NOT attisdropped ORDER BY attnum"
    )
    return [name for (name,) in connection.execute(statement, [f'"{table}"'])]


def _selected(table: str, names: list[str]) -> sql.Composed:
    """Return what selects every column as PostgreSQL writes it, as a dump would have it."""
    columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in names)
    return sql.SQL("SELECT {} FROM {}").format(columns, sql.Identifier(table))
