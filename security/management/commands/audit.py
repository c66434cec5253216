"""The audit book from the shell: is it whole, and a copy of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO, cast

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from security.audit import exporting, verifying
from security.audit.verifying import Advance, Verdict
from security.models import AuditEntry, Property

AWAY = 4
EPILOG = """\
exit codes: 0 whole, or done · 1 broken · 2 wrong usage · 4 the database can not be used
kinds: edited, removed, swapped, added, cut, rewritten, moved tip, forged checkpoint
Chain 0 is the service's own, -1 that of the doors (logins and refusals), any other a property's.
verify --checkpoint compares with a copy kept elsewhere: an export in jsonl, or lines of the log.
"""


class Command(BaseCommand):
    """``audit verify|export``."""

    help = "Verify the audit book, or write it out."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        form = argparse.RawDescriptionHelpFormatter
        options |= {"epilog": EPILOG, "formatter_class": form}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the two verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify|export")
        verify = verbs.add_parser("verify", help="name the first entry that was tampered with")
        verify.add_argument("--json", action="store_true", help="one JSON value on standard output")
        verify.add_argument("--checkpoint", type=Path, metavar="FILE", help="a copy kept elsewhere")
        export = verbs.add_parser("export", help="write entries to standard output, oldest first")
        export.add_argument("--since", type=moment, metavar="WHEN", help="ISO date or time, included")
        export.add_argument("--until", type=moment, metavar="WHEN", help="ISO date or time, not included")
        export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
        for verb in (verify, export):
            verb.add_argument("--property", metavar="SLUG", help="of one property only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb."""
        try:
            {"verify": self._verify, "export": self._export}[options["verb"]](options)
        except DatabaseError as problem:
            raise CommandError(f"The database can not be used: {problem}", returncode=AWAY) from None

    def _verify(self, said: dict[str, Any]) -> None:
        wanted = [_property(said["property"]).pk] if said["property"] else verifying.chains()
        kept = _kept(said["checkpoint"]) if said["checkpoint"] else {}
        with self._progress(wanted) as advance:
            verdicts = [verifying.verify(chain, advance, told=kept.get(chain)) for chain in wanted]
        broken = [verdict.finding for verdict in verdicts if verdict.finding]
        if said["json"]:
            self.stdout.write(json.dumps([_shown(verdict) for verdict in verdicts]))
        else:
            for verdict in verdicts:
                self.stdout.write(_line(verdict))
        if broken:
            raise CommandError(f"The audit book is broken: {broken[0]}.", returncode=1)

    def _export(self, said: dict[str, Any]) -> None:
        rows = AuditEntry.objects.order_by("id")
        if said["property"]:
            rows = rows.filter(property_id=_property(said["property"]).pk)
        if said["since"]:
            rows = rows.filter(at__gte=said["since"])
        if said["until"]:
            rows = rows.filter(at__lt=said["until"])
        write = exporting.as_table if said["format"] == "csv" else exporting.as_lines
        write(rows.iterator(verifying.AT_ONCE), _Plain(self.stdout))

    @contextmanager
    def _progress(self, wanted: list[int]) -> Iterator[Advance]:
        if not self.stderr.isatty():
            yield lambda _: None
            return
        total = AuditEntry.objects.filter(chain__in=wanted).count()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        console = Console(file=cast("TextIO", self.stderr))
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("entries", total=total)
            yield lambda done: bar.update(task, advance=done)


class _Plain:
    """Django's output without the line end it adds."""

    def __init__(self, output: Any) -> None:
        self.output = output

    def write(self, text: str) -> None:
        self.output.write(text, ending="")


def moment(text: str) -> datetime:
    """Return a time, in UTC where it names no zone."""
    day = parse_date(text) if len(text) == len("2026-01-01") else None
    found = datetime(day.year, day.month, day.day) if day else parse_datetime(text)  # noqa: DTZ001
    if found is None:
        raise argparse.ArgumentTypeError("use 2026-11-23 or 2026-11-23T22:00:00Z")
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _property(slug: str) -> Property:
    place = Property.objects.filter(slug=slug).first()
    if place is None:
        raise CommandError(f"There is no property {slug!r}.")
    return place


def _kept(path: Path) -> dict[int, dict[int, str]]:
    """Return the digests by chain and number of a copy; other lines are passed over."""
    found: dict[int, dict[int, str]] = {}
    try:
        with path.open("rb") as lines:
            for line in lines:
                said = _object(line)
                if {"chain", "number", "digest"} <= said.keys():
                    found.setdefault(int(said["chain"]), {})[int(said["number"])] = str(said["digest"])
    except OSError as problem:
        raise CommandError(f"{path} can not be read: {problem.strerror}.") from None
    if not found:
        raise CommandError(f"{path} holds no entry and no checkpoint.")
    return found


def _object(line: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}


def _shown(verdict: Verdict) -> dict[str, object]:
    finding = verdict.finding
    wrong = {"number": finding.number, "kind": finding.kind, "since": finding.since} if finding else None
    return {
        "chain": verdict.chain,
        "entries": verdict.entries,
        "signedUpTo": verdict.signed,
        "whole": finding is None,
        "finding": wrong,
    }


def _line(verdict: Verdict) -> str:
    if verdict.finding:
        return f"chain {verdict.chain}: BROKEN · {verdict.finding}"
    return f"chain {verdict.chain}: whole · {verdict.entries} entries, signed up to {verdict.signed}"
