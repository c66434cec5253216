"""`manage.py flag`: what is switched off, and switching it."""

import argparse
import getpass
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cluster import flags
from cluster.models import FlagState

EXIT_CODES = "exit codes: 0 done, also when it was so already · 1 there is no such flag · 2 wrong usage"


class Command(BaseCommand):
    """Without a name: list the flags. Every node follows within a second, without a restart."""

    help = "List the feature flags, or switch one on or off on every node."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        form = argparse.RawDescriptionHelpFormatter
        return super().create_parser(
            prog_name, subcommand, **options, epilog=EXIT_CODES, formatter_class=form
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """A name and a word."""
        parser.add_argument("name", nargs="?", help="which flag; left out, all are listed")
        parser.add_argument("state", nargs="?", choices=("on", "off"), help="left out, the flag is shown")
        parser.add_argument("--json", action="store_true", help="one JSON value on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Switch, then show."""
        name, state = options["name"], options["state"]
        try:
            if name and flags.find(name) is None:
                raise flags.UnknownFlag(name)
            if state:
                flags.switch([name], on=state == "on", by={"kind": "operator", "name": getpass.getuser()})
        except flags.UnknownFlag as unknown:
            raise CommandError(str(unknown)) from None
        self._show([flag for flag in flags.declared() if name in (None, flag.name)], as_json=options["json"])

    def _show(self, shown: list[flags.Flag], *, as_json: bool) -> None:
        off = set(FlagState.objects.filter(on=False).values_list("name", flat=True))
        if as_json:
            rows = [
                {"name": it.name, "on": it.name not in off, "since": it.since, "help": it.help}
                for it in shown
            ]
            self.stdout.write(json.dumps(rows))
            return
        for flag in shown:
            self.stdout.write(f"{flag.name:<40} {'off' if flag.name in off else 'on ':<4} {flag.help}")
