"""`manage.py import_legacy`: bring the old system's requests over, and name every row that stays behind."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cluster.console.screen import line
from cluster.management.progress import progress
from cluster.models import Event
from requests_app.chronicle import loading
from requests_app.importing import words
from requests_app.importing.database import Database
from requests_app.importing.dump import Dump
from requests_app.importing.places import Places, services_of
from requests_app.importing.report import Report
from requests_app.importing.rows import SERVICES, TENANTS, Source, SourceError
from requests_app.importing.taking import Import
from requests_app.importing.translation import Rules
from requests_app.models import GuestRequest
from security.models import Property

DONE, NOT_READ, NOT_ALL = 0, 1, 3
MOST_REASONS = 20
ORIGIN = re.compile(r"[a-z0-9-]{1,40}")
EPILOG = """\
The old system is only read. Begin with --dry-run: it looks at every row and writes nothing. A run that was
cut off, by anything, is gone on with by the same command; rows that are here are left alone.

exit codes:
  0  every row is here now, or would be (--dry-run)
  1  the source could not be read to its end; what was taken until then is whole
  2  wrong usage
  3  some rows were not taken: --report says which and why

docs/migrating.md tells the whole way, and the way back.
"""


class Command(BaseCommand):
    """Read a dump or a database, take what can be taken, say what became of the rest."""

    help = "Bring the requests of the old Express system over, from its PostgreSQL dump or database."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        options |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        """From where, to where, by which rules."""
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--dump", type=Path, metavar="FILE", help="a plain pg_dump, gzipped or not")
        source.add_argument(
            "--database", type=Path, metavar="FILE", help="a file with its address, postgresql://…"
        )
        add = parser.add_argument
        add("--property", default="", metavar="SLUG", help="whose the rows without a tenant are")
        add(
            "--tenant",
            action="append",
            default=[],
            type=_pair,
            metavar="OLD=SLUG",
            help="whose a tenant's are",
        )
        add(
            "--service",
            action="append",
            default=[],
            type=_pair,
            metavar="OLD=CODE",
            help="an old service's code",
        )
        add("--zone", type=_zone, metavar="ZONE", help="the old server's time zone (each property's own)")
        add(
            "--dialling-code",
            type=_digits,
            metavar="N",
            help="for numbers with a first 0, like 84",
        )
        add(
            "--origin",
            default="legacy",
            type=_origin,
            metavar="NAME",
            help="tells two old systems apart (legacy)",
        )
        add(
            "--report",
            type=Path,
            metavar="FILE",
            help="a JSON line for each row not taken, without its texts",
        )
        add("--dry-run", action="store_true", help="look at every row, write none")
        add("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **said: Any) -> None:
        """Do it."""
        begun = time.perf_counter()
        self._demand_properties(said)
        source = Dump(said["dump"]) if said["dump"] else Database(_address(said["database"]))
        with ExitStack() as stack:
            report = Report(lines=_opened(stack, said["report"]))
            try:
                self._take(source, report, said)
            except SourceError as problem:
                self._tell(report, said, begun)
                raise CommandError(
                    f"{str(problem)[:1].upper()}{str(problem)[1:]}.", returncode=NOT_READ
                ) from None
        self._tell(report, said, begun)
        sys.exit(NOT_ALL if report.refused else DONE)

    def _take(self, source: Source, report: Report, said: Mapping[str, Any]) -> None:
        taking = Import(
            origin=said["origin"],
            places=Places(
                named=dict(said["tenant"]), without=said["property"], tenants=source.small(TENANTS)
            ),
            rules=Rules(
                now=timezone.now(),
                longest=settings.MAX_INPUT_LENGTH,
                zone=said["zone"],
                dialling_code=said["dialling_code"] or "",
                services=services_of(source.small(SERVICES)),
                codes={words.code_of(old): code for old, code in said["service"]},
            ),
            report=report,
            dry=said["dry_run"],
        )
        with progress(self.stderr, "Looking" if taking.dry else "Importing", source.count()) as advance:
            for looked_at in taking.take(source.requests()):
                advance(looked_at)
        if report.taken and not taking.dry:
            loading.refresh_plans(GuestRequest, Event)

    def _demand_properties(self, said: Mapping[str, Any]) -> None:
        wanted = {slug for _, slug in said["tenant"]} | ({said["property"]} - {""})
        unknown = wanted - set(Property.objects.filter(slug__in=wanted).values_list("slug", flat=True))
        if unknown:
            raise CommandError(
                f"There is no property {', '.join(sorted(unknown))}: make it in the back office."
            )

    def _tell(self, report: Report, said: Mapping[str, Any], begun: float) -> None:
        seconds = round(time.perf_counter() - begun, 2)
        if said["json"]:
            told = {"dryRun": said["dry_run"], "seconds": seconds, **report.as_json()}
            self.stdout.write(line(told))
        else:
            self.stdout.write("\n".join(_sentences(report, said, seconds)))


def _sentences(report: Report, said: Mapping[str, Any], seconds: float) -> Iterator[str]:
    verb = "would be taken" if said["dry_run"] else "taken"
    where = ", ".join(f"{slug} {count:,}" for slug, count in report.by_property.most_common())
    taken = f"{report.taken:,} {verb} ({where})" if where else f"{report.taken:,} {verb}"
    yield f"{taken} in {seconds} s; {report.here_already:,} were here already."
    yield f"{report.refused:,} not taken{':' if report.refused else '.'}"
    for (column, reason), count in report.reasons.most_common(MOST_REASONS):
        yield f"  {count:>9,}  {column}: {reason}" if column else f"  {count:>9,}  {reason}"
    if report.changed:
        yield f"{report.changed:,} have changed in the old system since; ours were left alone."
    if report.renumbered:
        yield f"{report.renumbered:,} have a new order id: theirs was missing, too long or another's."
    for column, count in report.beside.most_common():
        yield f"{column}: {count:,} kept as words in the special instructions.{_hint(column, said)}"
    for column, count in report.left.most_common():
        yield f"{column}: {count:,} rows say something that has no place here and was left behind."
    for hours, count in report.hours_off.most_common(3):
        yield f"{count:,} rows are {hours:+} h from what their order id says: is --zone the old server's?"
    if report.refused and said["report"] is None:
        yield "--report FILE names each of the rows that were not taken."


def _hint(column: str, said: Mapping[str, Any]) -> str:
    is_wanted = column == "phone_number" and not said["dialling_code"]
    return " --dialling-code makes numbers of those with a first 0." if is_wanted else ""


def _opened(stack: ExitStack, path: Path | None) -> TextIO | None:
    if path is None:
        return None
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as problem:
        raise CommandError(f"--report {path}: {problem.strerror}.") from None
    return stack.enter_context(os.fdopen(descriptor, "w", encoding="utf-8"))


def _address(path: Path) -> str:
    try:
        address = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(
            f"--database {path}: {getattr(problem, 'strerror', None) or 'not a text'}."
        ) from None
    if not address.startswith(("postgresql://", "postgres://")):
        raise CommandError(f"--database {path}: it must hold an address that begins with postgresql://.")
    return address


def _pair(text: str) -> tuple[str, str]:
    old, sign, new = text.rpartition("=")
    if not (sign and old and new):
        raise argparse.ArgumentTypeError(f"{text}: write it as OLD=NEW")
    return old, new


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError):
        raise argparse.ArgumentTypeError(f"{name}: a zone like Asia/Ho_Chi_Minh or UTC") from None


def _digits(text: str) -> str:
    number = text.removeprefix("+")
    if not re.fullmatch(r"[1-9][0-9]{0,3}", number):
        raise argparse.ArgumentTypeError(f"{text}: a country's number, like 84")
    return number


def _origin(text: str) -> str:
    if not ORIGIN.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text}: 1 to 40 of a-z, 0-9 and -")
    return text
