"""`manage.py check_config`: what this process would run with, and whether it may."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.markup import escape
from rich.table import Table


class Command(BaseCommand):
    """Print every variable, its value and where it came from; secrets are masked.

    Unusable settings never get this far: manage.py has then listed them and left with 78.
    """

    help = "Show every setting from the environment, after checking all of them (78 when unusable)."

    def add_arguments(self, parser: CommandParser) -> None:
        """A machine may read it too."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--reference", action="store_true", help="print docs/configuration.md instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report."""
        if options["reference"]:
            self.stdout.write(settings.CONFIGURATION_REFERENCE(), ending="")
            return
        rows, notices = settings.CONFIGURATION_REPORT(), settings.CONFIGURATION_NOTICES()
        if options["json"]:
            answer = {"profile": settings.PROFILE, "variables": rows, "notices": notices}
            self.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False))
            return
        table = Table("variable", "value", "from", "allowed", title=f"settings.{settings.PROFILE}")
        for row in rows:
            table.add_row(*(escape(row[column]) for column in ("name", "value", "source", "allowed")))
        console = Console()
        console.print(table)
        for notice in notices:
            console.print(f"Notice: {notice}", markup=False)
