"""`manage.py backup`: one consistent picture of the database, while work goes on."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from cluster import backups
from cluster.backups import postgresql
from cluster.management.backing_up import keys, megabytes
from cluster.management.progress import progress

EPILOG = """\
exit codes: 0 made · 1 not made, and nothing is left of it · 2 wrong usage · 69 the database can not be used
It is a folder of its own, for its owner only. With BACKUP_KEY it is encrypted: keep the key elsewhere.
Look at it with verify_backup: a backup that nobody has verified is a hope.
"""


class Command(BaseCommand):
    """``backup``."""

    help = "Back the database up into a folder, while work goes on."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        form = argparse.RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, epilog=EPILOG, formatter_class=form, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and how many to keep."""
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="instead of BACKUP_DIRECTORY")
        parser.add_argument(
            "--keep",
            type=int,
            default=14,
            metavar="N",
            help="delete older ones but for N (default 14; 0: none)",
        )
        parser.add_argument("--verify", action="store_true", help="verify it too, by restoring it beside")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, look at it, forget old ones, say so."""
        folder = options["to"] or settings.BACKUP_DIRECTORY
        if options["keep"] < 0:
            raise CommandError("--keep is a number of backups, 0 or more.", returncode=2)
        try:
            with progress(self.stderr, "Rows written", _rows()) as advance:
                made = backups.take(folder, keys(), advance)
            if options["verify"]:
                backups.verify(folder / made.name, keys(), restoring=True)
        except (backups.NotTaken, backups.Broken) as problem:
            raise CommandError(str(problem), returncode=1) from None
        gone = backups.forget_old(folder, options["keep"])
        rows = sum(made.rows.values())
        told = {"folder": str(folder / made.name), "takenAt": made.taken_at.isoformat(), "rows": rows}
        told |= {
            "bytes": made.bytes,
            "isSealed": made.is_sealed,
            "isVerified": options["verify"],
            "deleted": gone,
        }
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        sealed = "sealed" if made.is_sealed else "NOT encrypted (BACKUP_KEY is not set)"
        self.stdout.write(f"{folder / made.name}: {rows:,} rows, {megabytes(made.bytes)}, {sealed}.")
        for name in gone:
            self.stdout.write(f"Deleted {name}.")


def _rows() -> int:
    """Return about how many rows there are, by what the planner believes."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(greatest(reltuples, 0))::bigint FROM pg_class WHERE relname = ANY(%s)",
            [list(postgresql.columns_of())],
        )
        return int(cursor.fetchone()[0] or 0)
