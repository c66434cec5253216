"""Taking a backup: written beside its place, and moved there when it is whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from cluster import identity
from cluster.backups import manifest, postgresql, records, sqlite
from cluster.backups.manifest import Manifest, Part
from cluster.backups.registry import registered
from cluster.models import StreamHead

PARTIAL = ".partial-"
PREFIX = "bellhop-"
Advance = Callable[[int], None]


class NotTaken(Exception):
    """No backup was made, and why."""


def take(folder: Path, keys: list[str], advance: Advance = lambda _: None) -> Manifest:
    """Make a backup in ``folder``. Raises NotTaken, and leaves nothing behind then."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=folder))
    except OSError as error:
        raise NotTaken(f"{folder}: {error.strerror}") from None
    try:
        written = _write(beside, keys, advance)
        _finish(beside, folder / written.name)
    except OSError as error:
        raise NotTaken(f"{folder}: {error.strerror}. Nothing was kept.") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    records.note(written)
    return written


def _write(beside: Path, keys: list[str], advance: Advance) -> Manifest:
    key = keys[0] if keys else ""
    name = f"{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    if connection.vendor == "postgresql":
        with postgresql.snapshot():
            told = _told(name, is_sealed=bool(key))
            tables = [it for it in postgresql.columns_of() if it not in registered.transient]
            parts = tuple(postgresql.dump(beside, tables, key, advance))
        rows = {part.name: part.rows for part in parts}
    else:
        plain = beside / "plain"
        sqlite.copy(plain)
        told = _told(name, is_sealed=bool(key))
        rows = sqlite.counted(plain, connection.introspection.table_names())
        parts = (sqlite.pack(plain, beside, key, sum(rows.values()), advance),)
        plain.unlink()
    whole = _manifest(told, rows, parts)
    manifest.write(beside, whole, keys)
    return whole


def _told(name: str, *, is_sealed: bool) -> Manifest:
    """Return the manifest as far as the snapshot tells it."""
    heads = {str(it.stream): f"{it.epoch}:{it.seq}" for it in StreamHead.objects.order_by("stream")}
    now = datetime.now(UTC)
    return Manifest(name, now, identity.VERSION, connection.vendor, is_sealed, migrations(), heads, {})


def _manifest(told: Manifest, rows: dict[str, int], parts: tuple[Part, ...]) -> Manifest:
    known = (told.name, told.taken_at, told.release, told.engine, told.is_sealed, told.migrations, told.heads)
    return Manifest(*known, rows, parts)


def migrations() -> dict[str, list[str]]:
    """Return what was applied, by app."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        for app, name in cursor.fetchall():
            found.setdefault(app, []).append(name)
    return found


def _finish(beside: Path, place: Path) -> None:
    """Have it all on the disk, then give it its name."""
    for path in (beside / manifest.NAME, beside):
        _sync(path)
    beside.rename(place)
    _sync(place.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
