"""`manage.py check_migrations`: whether two releases may share the schema."""

import json
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cluster.releases import discipline

HOUSE = Path(__file__).resolve().parents[3]


class Command(BaseCommand):
    """Look at every migration of this house with the eyes of the release before. Asks no database."""

    help = (
        "Check that migrations only expand, so that the release before can run on the schema too; what takes "
        "something away has to name its floor. Leaves with 1 when one does not."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """A machine may read it too."""
        parser.add_argument("--json", action="store_true", help="one JSON list on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the findings."""
        ours = [app.label for app in apps.get_app_configs() if Path(app.path).parent == HOUSE]
        found = discipline.findings(ours)
        if options["json"]:
            self.stdout.write(
                json.dumps([{"migration": it.migration, "problem": it.sentence} for it in found])
            )
        else:
            for finding in found:
                self.stdout.write(str(finding))
        if found:
            number = "1 problem" if len(found) == 1 else f"{len(found)} problems"
            raise CommandError(f"{number}; docs/releases.md tells the rules.")
        if not options["json"]:
            self.stdout.write("Every migration expands.")
