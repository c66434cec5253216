"""`manage.py rollback`: the way back to the release before, while the house is open."""

import argparse
import getpass
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cluster import flags
from cluster.releases import walking
from cluster.releases.walking import Gate, Refused, Stopped

EXIT_CODES = """
It switches the newer release's flags off, then takes node after node back: each one drains, starts the older
release and is up before the next. The schema is never reversed. Every machine needs RELEASES_DIR with the
older release in it; docs/releases.md has the whole story.

exit codes: 0 every node is back · 1 a node failed, the walk stopped there · 2 refused, nothing was changed
"""
STOPPED, REFUSED = 1, 2


class Command(BaseCommand):
    """Take the cluster back to a release, node by node, without a failed call."""

    help = "Go back to the release before: flags off, then node by node through the health gate."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        form = argparse.RawDescriptionHelpFormatter
        return super().create_parser(
            prog_name, subcommand, **options, epilog=EXIT_CODES, formatter_class=form
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and how patiently."""
        parser.add_argument(
            "--to", metavar="RELEASE", help="a release of RELEASES_DIR; default: the one before"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument(
            "--timeout", type=float, default=Gate().back, help="seconds a node may take to come back (60)"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a step")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look first, then walk."""
        try:
            self._go(options)
        except Refused as refused:
            raise CommandError(str(refused), returncode=REFUSED) from None
        except Stopped as stopped:
            raise CommandError(
                f"{stopped} The nodes after it were not touched.", returncode=STOPPED
            ) from None

    def _go(self, options: dict[str, Any]) -> None:
        release = options["to"] or walking.release_before()
        walking.refuse_below_floor(release)
        off, march = walking.flags_newer_than(release), walking.order_of_march()
        operator = getpass.getuser()
        if options["dry_run"]:
            self._say(options, "", f"would switch off: {', '.join(off) or 'no flag'}")
            self._say(options, "", f"would take to {release}: {', '.join(march)}")
            return
        for name in flags.switch(off, on=False, by={"kind": "operator", "name": operator}):
            self._say(options, "", f"switched off {name}")
        for step in walking.walk(release, march, by=operator, gate=Gate(back=options["timeout"])):
            self._say(options, step.node, step.sentence)

    def _say(self, options: dict[str, Any], node: str, sentence: str) -> None:
        if options["json"]:
            line = json.dumps({"node": node or None, "step": sentence})
        else:
            line = f"{node or 'cluster'}: {sentence}"
        self.stdout.write(line)
        self.stdout.flush()
