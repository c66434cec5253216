"""`manage.py verify_stats`: whether the statistics are what the requests add up to."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cluster.management.progress import progress
from requests_app import recount
from requests_app.recount import Difference, Drift
from security.models import Property

MOST_LINES = 20


class Command(BaseCommand):
    """Recount every property in the database and compare; leaves with 1 when anything differs.

    Looking disturbs nobody. --repair holds a property's writers up while its requests are counted.
    """

    help = "Recount the statistics; exits with 0 when they are right (or repaired), 1 when not."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which property, and whether to put it right."""
        parser.add_argument("--property", metavar="SLUG", help="only this property (default: all)")
        parser.add_argument("--repair", action="store_true", help="put right what differs")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at each property, repair it when told to, say what was found."""
        places = _places(options["property"])
        found: dict[str, Drift] = {}
        with progress(self.stderr, "Properties recounted", len(places)) as advance:
            for place in places:
                found[place.slug] = recount.look(place)
                advance(1)
        repaired = [place for place in places if options["repair"] and not found[place.slug].is_clean]
        for place in repaired:
            self._repair(place, found[place.slug])
        self._tell(found, {place.slug for place in repaired}, as_json=options["json"])
        if len(repaired) < sum(not drift.is_clean for drift in found.values()):
            sys.exit(1)

    def _repair(self, place: Property, drift: Drift) -> None:
        with progress(self.stderr, f"Days of {place.slug} put right", drift.misplaced) as advance:
            for moved in recount.repair(place):
                advance(moved)

    def _tell(self, found: dict[str, Drift], repaired: set[str], *, as_json: bool) -> None:
        if as_json:
            answer = [
                {"property": slug, "clean": drift.is_clean, "repaired": slug in repaired, **asdict(drift)}
                for slug, drift in found.items()
            ]
            clean = all(item["clean"] or item["repaired"] for item in answer)
            self.stdout.write(json.dumps({"clean": clean, "properties": answer}, ensure_ascii=False))
            return
        for slug, drift in found.items():
            for line in _sentences(slug, drift, repaired=slug in repaired):
                self.stdout.write(line)


def _places(slug: str | None) -> list[Property]:
    places = list(Property.objects.filter(**({"slug": slug} if slug else {})).order_by("pk"))
    if slug and not places:
        raise CommandError(f"There is no property {slug!r}.")
    return places


def _sentences(slug: str, drift: Drift, *, repaired: bool) -> list[str]:
    if drift.is_clean:
        return [f"{slug}: right."]
    verdict = "was wrong and is right now" if repaired else "WRONG (--repair puts it right)"
    lines = [f"{slug}: {verdict}."]
    if drift.misplaced:
        lines.append(f"  {drift.misplaced:,} requests stand under a day of another time zone.")
    return [*lines, *_listed("counters", drift.counters), *_listed("daily counts", drift.days)]


def _listed(title: str, differences: list[Difference]) -> list[str]:
    if not differences:
        return []
    lines = [f"  {title}: {len(differences):,} differ (stored, counted)"]
    lines += [f"    {item.name}: {item.stored:,}, {item.counted:,}" for item in differences[:MOST_LINES]]
    return [*lines, "    …"] if len(differences) > MOST_LINES else lines
