"""`manage.py rollout`: the way forward to another release, while the house is open."""

from typing import Any

from django.core.management.base import CommandParser

from cluster.releases.console import WalkingCommand


class Command(WalkingCommand):
    """Take the cluster to a release, node by node, without a failed call."""

    help = "Take every node to a release, one after the other, through the health gate."
    story = """
Run the new release's `manage.py migrate` first: a node that finds the schema behind refuses to go. Then each
node drains, starts the release and is up before the next. Every machine needs RELEASES_DIR with the release
in it; docs/releases.md has the whole story.
"""

    way_out = " To go back: bellhop-rollback."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("release", metavar="RELEASE", help="a release of RELEASES_DIR")
        super().add_arguments(parser)

    def release(self, options: dict[str, Any]) -> str:
        """Return the release named."""
        named: str = options["release"]
        return named

    def goes_back(self) -> bool:
        """It does not."""
        return False
