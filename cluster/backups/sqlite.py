"""SQLite: the whole file, by its own online backup, while others write."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from django.db import connection

from cluster.backups.files import Writer, contents
from cluster.backups.manifest import Broken, Manifest, Part

Advance = Callable[[int], None]
PART = "database"
PAGES, READ_BYTES = 1024, 256 * 1024


def copy(to: Path) -> None:
    """Write one moment of the database to another file."""
    connection.ensure_connection()
    with closing(sqlite3.connect(to)) as target:
        connection.connection.backup(target, pages=PAGES)
    to.chmod(0o600)


def counted(path: Path, tables: list[str]) -> dict[str, int]:
    """Return how many rows the tables of a file have."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source:
        ask = source.execute
        return {table: ask(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}  # noqa: S608


def pack(source: Path, folder: Path, key: str, rows: int, advance: Advance) -> Part:
    """Write the file as the one part of a backup."""
    writer = Writer(folder, PART, key)
    writer.rows = rows
    with source.open("rb") as file:
        while data := file.read(READ_BYTES):
            writer.write(data)
    advance(rows)
    return writer.done()


def empty(tables: Iterable[str]) -> None:
    """Empty those of the tables that there are."""
    with connection.cursor() as cursor:
        for table in sorted(set(tables) & set(connection.introspection.table_names(cursor))):
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a name of ours


def unpack(folder: Path, manifest: Manifest, keys: list[str], to: Path, advance: Advance) -> None:
    """Write the database of a backup to a file, and look whether SQLite finds it whole. Raises Broken."""
    (part,) = manifest.parts
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for data in contents(folder, part, keys, sealed=manifest.is_sealed):
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    advance(part.rows)
    with closing(sqlite3.connect(to)) as found:
        said = [row[0] for row in found.execute("PRAGMA integrity_check(3)")]
        strangers = found.execute("PRAGMA foreign_key_check").fetchone()
    if said != ["ok"] or strangers:
        raise Broken(f"{folder}: SQLite says {'; '.join(said)}")
    rows = counted(to, list(manifest.rows))
    for table, number in manifest.rows.items():
        if rows[table] != number:
            raise Broken(f"{table}: {rows[table]:,} rows of {number:,}")
