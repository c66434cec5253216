"""Blocks from the shell."""

from __future__ import annotations

import argparse
import getpass
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cluster.answers.problems import Problem
from security.models import Block
from security.watch import blocks, sources

EXIT_CODES = """
exit codes: 0 done · 1 no such source, or it is not blocked · 2 wrong usage
A source is an address (203.0.113.5; of IPv6 the /64 counts) or a caller: user:7, stay:3, key:2.
Every node follows within a second. While the flag request-advanced-security is off, no block holds.
"""


class Command(BaseCommand):
    """``block list|add|remove``."""

    help = "List who is blocked, block a source for a while, or let it in again."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        form = argparse.RawDescriptionHelpFormatter
        options |= {"epilog": EXIT_CODES, "formatter_class": form}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the three verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|add|remove")
        shown = verbs.add_parser("list", help="show the blocks that hold now")
        add = verbs.add_parser("add", help="block; of an address, those with a good credential too")
        add.add_argument("source", help="an address, user:ID, stay:ID or key:ID")
        add.add_argument("--minutes", type=_minutes, default=10.0, help="for how long; default 10")
        add.add_argument("--reason", default="", help="a word for the log")
        remove = verbs.add_parser("remove", help="let in again, and forget the score")
        remove.add_argument("source")
        for verb in (shown, add, remove):
            verb.add_argument("--json", action="store_true", help="one JSON value on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb."""
        {"list": self._list, "add": self._add, "remove": self._remove}[options["verb"]](options)

    def _list(self, said: dict[str, Any]) -> None:
        rows = [_shown(row) for row in Block.objects.filter(until__gt=timezone.now())]
        if said["json"]:
            self._say(rows)
        for row in rows if not said["json"] else ():
            self._say(f"{row['source']}  until {row['until']}  by {row['by']}  {' '.join(row['reasons'])}")

    def _add(self, said: dict[str, Any]) -> None:
        source = _source(said["source"])
        reasons = [said["reason"]] if said["reason"] else []
        seconds = said["minutes"] * 60
        try:
            row = blocks.add(source, seconds=seconds, reasons=reasons, by=getpass.getuser(), is_whole=True)
        except Problem as problem:
            raise CommandError(problem.error) from None
        shown = _shown(row)
        self._say(shown if said["json"] else f"{source} is blocked until {shown['until']}.")

    def _remove(self, said: dict[str, Any]) -> None:
        source = _source(said["source"])
        if not blocks.remove(source, by=getpass.getuser()):
            raise CommandError(f"{source} is not blocked.")
        self._say({"removed": source} if said["json"] else f"{source} may come in again.")

    def _say(self, value: object) -> None:
        self.stdout.write(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _minutes(text: str) -> float:
    """Return a positive number of minutes, a year at most."""
    minutes = float(text)
    if not 0 < minutes <= blocks.LONGEST_MINUTES:
        raise argparse.ArgumentTypeError("between 0 and 527040 minutes")
    return minutes


def _source(text: str) -> str:
    try:
        return sources.named(text)
    except ValueError:
        raise CommandError(f"{text!r} is neither an address nor user:ID, stay:ID or key:ID.") from None


def _shown(row: Block) -> dict[str, Any]:
    return {
        "source": row.source,
        "until": row.until.isoformat(),
        "by": row.made_by,
        "reasons": row.reasons,
        "whole": row.is_whole,
    }
