"""`manage.py restore`: a backup in place of what is there."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cluster import backups
from cluster.backups import manifest
from cluster.management.backing_up import chosen, keys
from cluster.management.progress import progress

EPILOG = """\
exit codes: 0 restored · 1 not restored, nothing was changed · 2 wrong usage, or nobody said yes
            69 the database can not be used
Stop all nodes first. It happens as a whole or not at all, also when it is killed. Afterwards every client
loads anew, everybody logs in anew, and guests who were forgotten since the backup are forgotten again.
"""


class Command(BaseCommand):
    """``restore``."""

    help = "Put a backup in place of what the database holds."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        form = argparse.RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, epilog=EPILOG, formatter_class=form, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one, and how sure."""
        parser.add_argument(
            "backup", nargs="?", type=Path, help="its folder, or its name (default: the newest)"
        )
        parser.add_argument("--replace", action="store_true", help="also where the database is not empty")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, do it, say what was put right."""
        folder = chosen(options["backup"])
        try:
            told = manifest.read(folder, keys())
            rows = sum(told.rows.values())
            if options["replace"] and not options["yes"]:
                _ask(folder.name, f"{told.taken_at:%Y-%m-%d %H:%M} UTC, {rows:,} rows")
            with progress(self.stderr, "Rows restored", rows) as advance:
                done = backups.restore(folder, keys(), advance, replace=options["replace"])
        except (backups.Broken, backups.Refused) as problem:
            raise CommandError(f"{problem} Nothing was changed.", returncode=1) from None
        if options["json"]:
            said = {"folder": str(folder), "takenAt": told.taken_at.isoformat(), "rows": rows, "done": done}
            self.stdout.write(json.dumps(said))
            return
        self.stdout.write(f"Restored: the database is as it was at {told.taken_at:%Y-%m-%d %H:%M:%S} UTC.")
        for sentence in done:
            self.stdout.write(sentence)


def _ask(name: str, what: str) -> None:
    """Have the name typed. Raises CommandError when it was not."""
    try:
        typed = input(f"All that the database holds goes, for {name} ({what}). Type its name to go on: ")
    except EOFError:
        typed = ""
    if typed.strip() != name:
        raise CommandError("Nobody said yes. Nothing was changed.", returncode=2)
