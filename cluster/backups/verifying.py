"""Looking whether a backup could be restored: read every byte, and, when asked, restore it beside."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from django.db import DatabaseError, connection

from cluster.backups import files, manifest, postgresql, records, sqlite
from cluster.backups.manifest import Broken, Manifest
from cluster.backups.registry import registered

Advance = Callable[[int], None]


def verify(folder: Path, keys: list[str], advance: Advance = lambda _: None, *, restoring: bool) -> Manifest:
    """Read a backup through; ``restoring`` loads it into tables beside and looks there. Raises Broken."""
    told = manifest.read(folder, keys)
    for part in told.parts:
        files.check_file(folder, part)
    if told.engine == "sqlite":
        with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
            sqlite.unpack(folder, told, keys, Path(beside) / "database", advance)
    elif restoring:
        _restore_beside(folder, told, keys, advance)
    else:
        for part in told.parts:
            for data in files.contents(folder, part, keys, sealed=told.is_sealed):
                advance(data.count(b"\n"))
    records.note_verified(told.name)
    return told


def _restore_beside(folder: Path, told: Manifest, keys: list[str], advance: Advance) -> None:
    if connection.vendor != told.engine:
        raise Broken(f"{folder} is of {told.engine}, and this database is {connection.vendor}")
    fits(told)
    try:
        with postgresql.scratch(postgresql.columns_of()):
            postgresql.load(folder, told, keys, advance)
            for name, look in registered.checks.items():
                wrong = look()
                if wrong:
                    raise Broken(f"{folder}, {name}: {wrong}")
    except DatabaseError as error:
        raise Broken(f"{folder}: the database does not take it: {str(error).splitlines()[0]}") from None


def fits(told: Manifest) -> None:
    """Look whether this release has all the tables and columns of a backup. Raises Broken."""
    here = postgresql.columns_of()
    for part in told.parts:
        missing = sorted(set(part.columns) - set(here.get(part.name, ())))
        if missing:
            what = f"{part.name}.{missing[0]}" if part.name in here else f"the table {part.name}"
            raise Broken(f"This release has no {what}: restore with release {told.release}, then upgrade.")
