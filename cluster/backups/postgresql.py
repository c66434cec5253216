"""PostgreSQL, table by table, by COPY: no program but this one is needed, and no version has to match."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from psycopg import sql

from cluster.backups.files import Writer, contents
from cluster.backups.manifest import Broken, Manifest, Part

Advance = Callable[[int], None]
MIGRATIONS = "django_migrations"
# Long, and holding nobody up: neither the rows nor the tables are locked against writers.
PATIENT = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"


@contextmanager
def snapshot() -> Iterator[None]:
    """See one moment of the whole database for as long as the block lasts."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(PATIENT)
        yield


def columns_of(schema: str | None = None) -> dict[str, tuple[str, ...]]:
    """Return the columns that can be written, by table, in their order."""
    asked = (
        "SELECT c.table_name, c.column_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = COALESCE(%s, current_schema())"
        " AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER' ORDER BY 1, c.ordinal_position"
    )
    found: dict[str, tuple[str, ...]] = {}
    with connection.cursor() as cursor:
        cursor.execute(asked, [schema])
        for table, column in cursor.fetchall():
            found[table] = (*found.get(table, ()), column)
    return found


def dump(folder: Path, tables: Iterable[str], key: str, advance: Advance) -> Iterator[Part]:
    """Write a file for each table, as the snapshot shows it."""
    columns = columns_of()
    for table in tables:
        writer = Writer(folder, table, key)
        asked = sql.SQL("COPY {} ({}) TO STDOUT").format(*_named(table, columns[table]))
        with connection.cursor() as cursor, cursor.copy(asked) as rows:
            for some in rows:
                data = bytes(some)
                number = data.count(b"\n")  # COPY escapes those that are in a text
                writer.rows += number
                advance(number)
                writer.write(data)
        yield writer.done(columns[table])


def load(folder: Path, manifest: Manifest, keys: list[str], advance: Advance) -> None:
    """Fill the tables of the current schema, which are empty. Raises Broken; the transaction is over then."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for part in manifest.parts:
        found = _load(folder, part, keys, advance, sealed=manifest.is_sealed)
        if found != part.rows:
            raise Broken(f"{part.name}: {found:,} rows arrived of {part.rows:,}")


def _load(folder: Path, part: Part, keys: list[str], advance: Advance, *, sealed: bool) -> int:
    wanted = sql.SQL("COPY {} ({}) FROM STDIN").format(*_named(part.name, part.columns))
    with connection.cursor() as cursor:
        with cursor.copy(wanted) as rows:
            for data in contents(folder, part, keys, sealed=sealed):
                rows.write(data)
                advance(data.count(b"\n"))
        arrived: int = cursor.rowcount
    return arrived


def empty(tables: Iterable[str]) -> None:
    """Empty the tables, all at once, until the transaction's end for everybody."""
    names = sql.SQL(", ").join(sql.Identifier(table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("TRUNCATE {}").format(names))


@contextmanager
def without_triggers(tables: Iterable[str]) -> Iterator[None]:
    """Let the tables that only grow be emptied and filled. Needs their owner."""
    asked = (
        "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND tgenabled = 'O' AND relname = ANY(%s)"
        " AND relnamespace = current_schema()::regnamespace"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [list(tables)])
        found = [(sql.Identifier(table), sql.Identifier(name)) for table, name in cursor.fetchall()]
        for pair in found:
            cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(*pair))
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table that waits for checks can not be altered
        for pair in found:
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER {}").format(*pair))


def go_on_numbering() -> None:
    """Have the next row of each table get a number that is free, and that nobody has had before.

    A sequence is never put back: that would outlive a restore which is rolled back.
    """
    asked = (
        "SELECT owner.relname, column_.attname, sequence.oid::regclass::text,"
        " pg_sequence_last_value(sequence.oid) FROM pg_class AS sequence"
        " JOIN pg_depend ON objid = sequence.oid AND classid = 'pg_class'::regclass AND deptype IN ('a', 'i')"
        " JOIN pg_class AS owner ON owner.oid = refobjid"
        " JOIN pg_attribute AS column_ ON attrelid = refobjid AND attnum = refobjsubid"
        " WHERE sequence.relkind = 'S' AND sequence.relnamespace = current_schema()::regnamespace"
    )
    forward = "SELECT setval({}, highest) FROM (SELECT max({}) AS highest FROM {}) AS rows WHERE highest > {}"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        for table, column, sequence, last in cursor.fetchall():
            reached = last or 0
            words = sql.Literal(sequence), sql.Identifier(column), sql.Identifier(table), sql.Literal(reached)
            cursor.execute(sql.SQL(forward).format(*words))


@contextmanager
def scratch(tables: Iterable[str]) -> Iterator[None]:
    """Give empty tables of the same make in a schema of their own to work on, and undo it all."""
    schema = sql.Identifier("bellhop_scratch")
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(PATIENT)
            cursor.execute("SELECT current_schema()")
            home = sql.Identifier(cursor.fetchone()[0])
            cursor.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
            for table in tables:
                name = sql.Identifier(table)
                made = sql.SQL("CREATE TABLE {}.{} (LIKE {}.{} INCLUDING ALL)").format(
                    schema, name, home, name
                )
                cursor.execute(made)
            cursor.execute(sql.SQL("SET LOCAL search_path TO {}").format(schema))
        yield
        transaction.set_rollback(True)


def _named(table: str, columns: Iterable[str]) -> tuple[sql.Composable, sql.Composable]:
    return sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(name) for name in columns)
