"""`manage.py prune`: the clean-up that the leader does in the background, now."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from cluster import once
from cluster.console.ordering import whoever
from cluster.console.screen import line
from cluster.jobs import retention as frames
from cluster.streams import unit_of_work
from requests_app.actions import retention
from requests_app.models import HouseRules
from requests_app.queries import forgetting

MOST = 1_000
EPILOG = """\
exit codes: 0 done, or shown (--dry-run) · 2 wrong usage
How long is kept: events EVENT_RETENTION_DAYS and EVENT_RETENTION_COUNT; answers to calls with an
Idempotency-Key a day; guests' data as the house rules of each property say (docs/privacy.md).
"""


class Command(BaseCommand):
    """Drop old frames of events, old idempotency records, and guests' data that is due."""

    help = "Drop what is older than it is to be kept: events' frames, stored answers, guests' data."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        options |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        """How."""
        parser.add_argument("--dry-run", action="store_true", help="count (one batch of each), drop nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **said: Any) -> None:
        """Count or do, and tell."""
        told = _due() if said["dry_run"] else _dropped()
        if said["json"]:
            self.stdout.write(line(told))
            return
        for name, number in told.items():
            self.stdout.write(f"{name}: {number:,}")


def _due() -> dict[str, int]:
    now = timezone.now()
    due = [forgetting.due(rules, now, MOST) for rules in HouseRules.objects.exclude(guest_data_days=None)]
    return {
        "events": frames.superfluous(),
        "storedAnswers": once.count_old(),
        "stays": sum(len(each.stays) for each in due),
        "requests": sum(len(each.requests) for each in due),
    }


def _dropped() -> dict[str, int]:
    told = {"events": frames.drop_frames(), "storedAnswers": 0, "stays": 0, "requests": 0}
    while once.has_old():
        with unit_of_work():
            told["storedAnswers"] += once.forget_old()
    while erasures := retention.retain(now=timezone.now(), limit=MOST, signature=whoever()):
        for erasure in erasures:
            for name in ("stays", "requests"):
                told[name] += erasure.counts.get(name, 0)
    return told
