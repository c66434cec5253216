"""`manage.py rollback`: the way back to the release before, while the house is open."""

from typing import Any

from django.core.management.base import CommandParser

from cluster.releases import walking
from cluster.releases.console import WalkingCommand


class Command(WalkingCommand):
    """Take the cluster back to a release, node by node, without a failed call."""

    help = "Go back to the release before: flags off, then node by node through the health gate."
    story = """
It switches the newer release's flags off, then takes node after node back: each one drains, starts the older
release and is up before the next. The schema is never reversed. Every machine needs RELEASES_DIR with the
older release in it; docs/releases.md has the whole story.
"""

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, if not to the one before."""
        parser.add_argument(
            "--to", metavar="RELEASE", help="a release of RELEASES_DIR; default: the one before"
        )
        parser.add_argument(
            "--flags-only",
            action="store_true",
            help="walk nowhere: refuse what can not be, switch the flags off; for nodes that are containers",
        )
        super().add_arguments(parser)

    def release(self, options: dict[str, Any]) -> str:
        """Return the release named, else the one before. Raises Refused when there was none."""
        return options["to"] or walking.release_before()

    def goes_back(self) -> bool:
        """It does."""
        return True
