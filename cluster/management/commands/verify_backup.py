"""`manage.py verify_backup`: whether a backup could be restored."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cluster import backups
from cluster.backups import manifest
from cluster.management.backing_up import chosen, keys, megabytes
from cluster.management.progress import progress

EPILOG = """\
exit codes: 0 whole · 1 broken (which part, and how) · 2 wrong usage · 69 the database can not be used
It is loaded into tables of its own beside those in use, where the audit book and the statistics are verified
too; all of that is undone in the end, and nobody is held up. --quick reads every byte and loads nothing.
"""


class Command(BaseCommand):
    """``verify_backup``."""

    help = "Look whether a backup is whole and could be restored, by restoring it beside."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        form = argparse.RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, epilog=EPILOG, formatter_class=form, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one."""
        parser.add_argument(
            "backup", nargs="?", type=Path, help="its folder, or its name (default: the newest)"
        )
        parser.add_argument("--quick", action="store_true", help="read it, without a database")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, and say what was found."""
        folder = chosen(options["backup"])
        try:
            rows = sum(manifest.read(folder, keys()).rows.values())
            with progress(self.stderr, "Rows read", rows) as advance:
                told = backups.verify(folder, keys(), advance, restoring=not options["quick"])
        except backups.Broken as problem:
            if options["json"]:
                self.stdout.write(
                    json.dumps({"folder": str(folder), "whole": False, "problem": str(problem)})
                )
            raise CommandError(str(problem), returncode=1) from None
        if options["json"]:
            said = {
                "folder": str(folder),
                "whole": True,
                "takenAt": told.taken_at.isoformat(),
                "rows": told.rows,
            }
            self.stdout.write(json.dumps(said))
            return
        how = "read" if options["quick"] else "restored beside and looked at"
        self.stdout.write(f"{folder} is whole: {rows:,} rows, {megabytes(told.bytes)}, {how}.")
