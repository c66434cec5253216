"""`manage.py check_config`: what this process would run with, and whether it may."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cluster import reaching


class Command(BaseCommand):
    """Print every variable, its value and where it came from; secrets are masked.

    Unusable settings never get this far: manage.py has then listed them and left with 78.
    """

    help = "Show every setting from the environment, after checking all of them (78 when unusable)."

    def add_arguments(self, parser: CommandParser) -> None:
        """A machine may read it too."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        # manage.py reads it before any settings are; here it is only named and checked.
        parser.add_argument(
            "--profile",
            choices=("dev", "staging", "prod"),
            help="check as that profile would, without starting",
        )
        parser.add_argument(
            "--connect",
            action="store_true",
            help="also try the database and Redis (1 when one does not answer)",
        )
        parser.add_argument("--reference", action="store_true", help="print docs/configuration.md instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report."""
        if options["reference"]:
            self.stdout.write(settings.CONFIGURATION_REFERENCE(), ending="")
            return
        reached = reaching.all_of_them() if options["connect"] else {}
        if options["json"]:
            self._print_json(reached)
        else:
            self._print(reached)
        if not all(it.answers for it in reached.values()):
            sys.exit(1)

    def _print_json(self, reached: Mapping[str, reaching.Reached]) -> None:
        answer: dict[str, Any] = {
            "profile": settings.PROFILE,
            "usable": True,
            "variables": settings.CONFIGURATION_REPORT(),
            "notices": settings.CONFIGURATION_NOTICES(),
        }
        if reached:
            answer["connections"] = {name: asdict(it) for name, it in reached.items()}
        self.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False))

    def _print(self, reached: Mapping[str, reaching.Reached]) -> None:
        rows, notices = settings.CONFIGURATION_REPORT(), settings.CONFIGURATION_NOTICES()
        table = Table("variable", "value", "from", "allowed", title=f"settings.{settings.PROFILE}")
        for row in rows:
            table.add_row(*(escape(row[column]) for column in ("name", "value", "source", "allowed")))
        console = Console()
        console.print(table)
        for notice in notices:
            console.print(f"Notice: {notice}", markup=False)
        for name, it in reached.items():
            console.print(
                f"{name}: {'answers' if it.answers else 'DOES NOT ANSWER'}: {it.said}", markup=False
            )
