"""`manage.py forget`: erase a guest's name, phone and texts everywhere, and say what was erased."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime

from cluster.answers.problems import Problem
from cluster.cache.orders import clear_everywhere
from cluster.console.ordering import whoever
from cluster.console.screen import line
from cluster.management.progress import progress
from requests_app import vacuum
from requests_app.actions import forget
from requests_app.formats import PHONE_FILLING
from requests_app.models import Erasure, ErasureTarget
from requests_app.queries import forgetting
from requests_app.queries.forgetting import Chosen, Sought
from security.caller import SYSTEM
from security.models import Property

DONE, REFUSED, NOTHING = 0, 1, 3
EPILOG = """\
Name exactly one of --stay, --room, --guest, --phone, --request, or --property alone for all of its guests;
with one of the others --property narrows it. A stay brings all of its requests; a name or a phone number
brings the stays it is found in, and all of their requests.

exit codes:
  0  done, or shown (--dry-run, --report, --references)
  1  not done: still in the house (--even-open), no such property or erasure, or you said no
  2  wrong usage
  3  nothing was found

A run that was cut off is gone on with by --resume, and by the leader within the hour.
After a restore: manage.py forget --replay FILE, with what --references had said before (docs/privacy.md).
"""


class Command(BaseCommand):
    """Erase a guest; what was erased is reported by reference and count, never by name."""

    help = "Erase a guest's name, phone and texts from every table, event, answer and cache."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        options |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and how."""
        whom = parser.add_argument_group("whom").add_mutually_exclusive_group()
        whom.add_argument("--stay", type=int, metavar="ID", help="the guest of a stay")
        whom.add_argument("--room", metavar="NUMBER", help="whoever stayed in a room")
        whom.add_argument("--guest", metavar="NAME", help="everybody of exactly this name, in any case")
        whom.add_argument("--phone", metavar="NUMBER", help="whoever gave this number")
        whom.add_argument("--request", metavar="ORDER-ID", help="what one request says, and no other")
        whom.add_argument("--replay", metavar="FILE", help="again what --references said; - reads a pipe")
        whom.add_argument("--resume", action="store_true", help="finish what was cut off")
        whom.add_argument("--report", type=int, metavar="ID", help="show what an erasure erased")
        whom.add_argument("--references", action="store_true", help="print all that was ever forgotten")
        parser.add_argument("--property", metavar="SLUG", help="only there; alone: all of its guests")
        parser.add_argument("--from", dest="start", metavar="DATE", help="with --room: from this day on")
        parser.add_argument("--to", dest="end", metavar="DATE", help="with --room: before this day")
        parser.add_argument("--even-open", action="store_true", help="also who is still in the house")
        parser.add_argument("--dry-run", action="store_true", help="count, erase nothing")
        parser.add_argument("--vacuum", action="store_true", help="then clean the tables' dead rows away")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **said: Any) -> None:
        """Find the right verb."""
        if said["report"] is not None:
            self._report(_erasure(said["report"]), as_json=said["json"])
        elif said["references"]:
            self.stdout.write(line({"references": _all_references()}))
        elif said["resume"]:
            self._resume(said)
        else:
            self._forget(said)

    def _resume(self, said: dict[str, Any]) -> None:
        unfinished = list(Erasure.objects.filter(finished_at=None).order_by("pk"))
        if not unfinished:
            self._end("Nothing was cut off.", NOTHING)
        for erasure in unfinished:
            self._work(erasure, said)

    def _forget(self, said: dict[str, Any]) -> None:
        sought = _sought(said)
        chosen = forgetting.find(sought)
        counts = {"stays": len(chosen.stays), "requests": len(chosen.requests)}
        counts |= {"openStays": chosen.open_stays, "openRequests": chosen.open_requests}
        if said["dry_run"] or chosen.is_empty:
            self.stdout.write(line({"found": counts}) if said["json"] else _counted(counts))
            sys.exit(NOTHING if chosen.is_empty else DONE)
        self._ask(chosen, said)
        even_open = said["even_open"] or sought.selector == "replay"
        term = sought.guest or sought.phone
        try:
            begun = forget.begin(
                by=SYSTEM,
                chosen=chosen,
                selector=sought.selector,
                term=term,
                even_open=even_open,
                signature=whoever(),
            )
        except Problem as problem:
            raise CommandError(f"{problem.error} Or add --even-open.") from None
        self._work(begun, said)

    def _ask(self, chosen: Chosen, said: dict[str, Any]) -> None:
        if said["yes"]:
            return
        if not sys.stdin.isatty():
            raise CommandError("Nobody is there to ask: add --yes.")
        question = f"Erase {len(chosen.stays)} stays and {len(chosen.requests)} requests for ever? [y/N] "
        if input(question).strip().lower() not in {"y", "yes"}:
            raise CommandError("Nothing was erased.")

    def _work(self, erasure: Erasure, said: dict[str, Any]) -> None:
        left = erasure.targets.filter(done=False).count()
        with progress(self.stderr, "Stays and requests erased", left) as advance:
            while done := forget.work_on(erasure.pk, by=SYSTEM):
                advance(done)
        finished = forget.finish(erasure.pk)
        cleared = clear_everywhere(whoever())
        if said["vacuum"]:
            vacuum.clean()
        self._report(finished, as_json=said["json"], caches=cleared)

    def _report(self, erasure: Erasure, *, as_json: bool, caches: dict[str, object] | None = None) -> None:
        told = forgetting.shown(erasure)
        if caches is not None:
            told["caches"] = caches
        if as_json:
            self.stdout.write(line(told))
            return
        at = erasure.finished_at
        end = f"finished {at:%Y-%m-%d %H:%M:%S} UTC" if at else "NOT FINISHED"
        self.stdout.write(f"Erasure {erasure.pk}, by {erasure.selector}, done by {erasure.made_by}, {end}.")
        self.stdout.write(_counted(erasure.counts))
        if caches is not None and caches["silent"]:
            self.stdout.write(f"  These nodes did not confirm that they cleared: {caches['silent']}")

    def _end(self, words: str, code: int) -> None:
        self.stdout.write(words)
        sys.exit(code)


def _sought(said: dict[str, Any]) -> Sought:
    place = _place(said["property"])
    if (said["start"] or said["end"]) and not said["room"]:
        raise CommandError("--from and --to go with --room.", returncode=2)
    sought = Sought(
        stay_ids=frozenset([said["stay"]] if said["stay"] is not None else []),
        room=said["room"] or "",
        start=_moment(said["start"], place),
        end=_moment(said["end"], place),
        guest=(said["guest"] or "").strip(),
        phone=(said["phone"] or "").translate(PHONE_FILLING),
        order_ids=frozenset([said["request"].strip().upper()] if said["request"] else []),
        references=_references(said["replay"]),
        property_id=place.pk if place else None,
    )
    if sought.selector == "property" and (place is None or said["replay"]):
        raise CommandError("Say whom to forget: see --help.", returncode=2)
    if sought.room and place is None:
        raise CommandError("A room needs its --property.", returncode=2)
    return sought


def _place(slug: str | None) -> Property | None:
    if slug is None:
        return None
    place = Property.objects.filter(slug=slug).first()
    if place is None:
        raise CommandError(f"There is no property {slug!r}.")
    return place


def _moment(text: str | None, place: Property | None) -> datetime | None:
    """Read a day, or a moment, of the property's own clock."""
    if text is None:
        return None
    try:
        day = parse_date(text)
        at = datetime.combine(day, time()) if day else parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise CommandError(f"{text!r} is no date: write 2026-11-23.", returncode=2)
    return at if at.tzinfo or place is None else at.replace(tzinfo=ZoneInfo(place.timezone))


def _references(source: str | None) -> frozenset[str]:
    if source is None:
        return frozenset()
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        return frozenset(str(each) for each in json.loads(text)["references"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise CommandError(f"{source} is not what --references prints: {problem!r}") from None


def _all_references() -> list[str]:
    return sorted(set(ErasureTarget.objects.filter(done=True).values_list("reference", flat=True)))


def _erasure(pk: int) -> Erasure:
    found = Erasure.objects.filter(pk=pk).first()
    if found is None:
        raise CommandError(f"There is no erasure {pk}.")
    return found


def _counted(counts: dict[str, Any]) -> str:
    return "\n".join(f"  {name}: {number:,}" for name, number in counts.items()) or "  nothing"
