"""The way back: all of a backup in place of all there is, in one step that happens or does not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from cluster import nodes
from cluster.backups import files, manifest, postgresql, records, sqlite
from cluster.backups.manifest import Manifest
from cluster.backups.registry import Mend, registered
from cluster.backups.verifying import fits
from cluster.models import StreamHead
from cluster.streams.heads import new_epoch

LEAP = 2**20

Advance = Callable[[int], None]


class Refused(Exception):
    """Nothing was changed, and why."""


def restore(folder: Path, keys: list[str], advance: Advance = lambda _: None, *, replace: bool) -> list[str]:
    """Restore a backup; return what was put right. Raises Broken and Refused: nothing changed then."""
    told = manifest.read(folder, keys)
    if told.engine != connection.vendor:
        raise Refused(f"{folder} is of {told.engine}, and this database is {connection.vendor}.")
    for part in told.parts:
        files.check_file(folder, part)
    call_command("migrate", verbosity=0)
    _require_rest(replace=replace)
    done = (
        _postgresql(folder, told, keys, advance)
        if told.engine == "postgresql"
        else _sqlite(folder, told, keys, advance)
    )
    call_command("migrate", verbosity=0)  # what a later release adds to every database
    records.note(told)
    return done


def _require_rest(*, replace: bool) -> None:
    alive = [it.node.instance_id for it in nodes.seen() if it.state is not nodes.NodeState.DOWN]
    if alive:
        raise Refused(f"{', '.join(sorted(alive))} work on this database: stop them first.")
    if not replace and StreamHead.objects.filter(seq__gt=0).exists():
        raise Refused("This database is not empty: --replace puts the backup in its place.")


def _postgresql(folder: Path, told: Manifest, keys: list[str], advance: Advance) -> list[str]:
    fits(told)
    tables = [name for name in postgresql.columns_of() if name != postgresql.MIGRATIONS]
    parts = tuple(part for part in told.parts if part.name != postgresql.MIGRATIONS)
    kept = Manifest(
        **{name: getattr(told, name) for name in Manifest.__slots__ if name != "parts"}, parts=parts
    )
    try:
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute(postgresql.PATIENT)
            carried = _carried(told)
            with postgresql.without_triggers(tables):
                postgresql.empty(tables)
                postgresql.load(folder, kept, keys, advance)
            postgresql.go_on_numbering()
            done = _mended(carried)
    except DatabaseError as error:
        raise Refused(f"The database does not take it: {str(error).splitlines()[0]}") from None
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return done


def _sqlite(folder: Path, told: Manifest, keys: list[str], advance: Advance) -> list[str]:
    """Make it ready in a file beside the database's, then pour it over: for SQLite one transaction."""
    place = Path(connection.settings_dict["NAME"])
    beside = place.with_name(f".{place.name}.restoring")
    carried = _carried(told)
    try:
        sqlite.unpack(folder, told, keys, beside, advance)
        with _working_on(beside):
            call_command("migrate", verbosity=0)
            with transaction.atomic(durable=True):
                sqlite.empty(registered.transient)
                done = _mended(carried)
        connection.ensure_connection()
        with closing(sqlite3.connect(beside)) as source:
            source.backup(connection.connection)
    finally:
        for path in place.parent.glob(f"{beside.name}*"):
            path.unlink()
    connection.close()
    return done


@contextmanager
def _working_on(path: Path) -> Iterator[None]:
    """Have Django's connection be to another file for as long as the block lasts."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def _carried(told: Manifest) -> list[Mend]:
    return [carry(told.taken_at) for carry in registered.carries]


def _mended(carried: list[Mend]) -> list[str]:
    """Have every client load anew, and put right what apps named. Within the transaction of the restore."""
    for head in StreamHead.objects.order_by("stream"):
        # Beyond any number given since: whoever kept one without its epoch must not meet it again.
        seq = head.seq + LEAP
        StreamHead.objects.filter(pk=head.pk).update(epoch=new_epoch(), seq=seq, oldest=seq + 1)
    return [said for said in (mend() for mend in (*registered.mends, *carried)) if said]
