"""Keys and staff tokens from the shell."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from cluster.answers.problems import Problem
from security import credentials
from security.models import Credential, CredentialKind, Property, User

EXIT_CODES = """
exit codes: 0 done · 1 refused, or nothing there to revoke · 2 wrong usage
A guest's token is made by opening their stay, and dies at check-out.
"""


class Command(BaseCommand):
    """``credential issue|list|limit|revoke``."""

    help = "Issue, list, limit or revoke Api-Keys and staff tokens; a new one is shown once."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Put the exit codes under the help."""
        form = argparse.RawDescriptionHelpFormatter
        options |= {"epilog": EXIT_CODES, "formatter_class": form}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the four verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="issue|list|limit|revoke")
        issue = verbs.add_parser("issue", help="make one and show it once")
        issue.add_argument("kind", choices=[CredentialKind.API_KEY.value, CredentialKind.STAFF.value])
        issue.add_argument("--property", metavar="SLUG", help="whose Api-Key")
        issue.add_argument("--user", metavar="USERNAME", help="whose staff token")
        issue.add_argument(
            "--scope", action="append", default=[], choices=credentials.SCOPES, help="may be repeated"
        )
        issue.add_argument("--name", default="", help="who carries it")
        issue.add_argument(
            "--days", type=float, help="good for so many days; a staff token's default is half a day"
        )
        issue.add_argument("--limit", type=int, metavar="CALLS", help="an Api-Key's own, in each window")
        found = verbs.add_parser("list", help="show what is good, by hint")
        found.add_argument("--property", metavar="SLUG")
        found.add_argument("--user", metavar="USERNAME")
        found.add_argument("--all", action="store_true", help="expired and revoked ones too")
        revoke = verbs.add_parser("revoke", help="take back; sockets close within a second")
        revoke.add_argument("ids", nargs="+", type=int, metavar="ID")
        limit = verbs.add_parser("limit", help="give an Api-Key its own rate limit, from the next call on")
        limit.add_argument("id", type=int, metavar="ID")
        limit.add_argument(
            "calls", type=_calls, metavar="CALLS|default", help="so many in each RATE_LIMIT_WINDOW_MS"
        )
        for verb in (issue, found, limit, revoke):
            verb.add_argument("--json", action="store_true", help="one JSON value on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb."""
        try:
            getattr(self, f"_{options['verb']}")(options)
        except Problem as problem:
            raise CommandError(
                " ".join(str(each["message"]) for each in problem.details) or problem.error
            ) from None

    def _issue(self, said: dict[str, Any]) -> None:
        kind = CredentialKind(said["kind"])
        is_key = kind is CredentialKind.API_KEY
        issued = credentials.issue(
            kind,
            user=None if is_key else _user(said["user"]),
            property=_property(said["property"]) if is_key else None,
            scopes=said["scope"],
            name=said["name"],
            rate_limit=said["limit"],
            expires_at=timezone.now() + timedelta(days=said["days"]) if said["days"] else None,
        )
        told = {**_shown(issued.credential), "token": issued.token}
        self._say(told if said["json"] else issued.token)

    def _list(self, said: dict[str, Any]) -> None:
        rows = Credential.objects.select_related("user", "property").order_by("id")
        if said["property"]:
            rows = rows.filter(property=_property(said["property"]))
        if said["user"]:
            rows = rows.filter(user=_user(said["user"]))
        shown = [_shown(row) for row in (rows if said["all"] else _good(rows))]
        if said["json"]:
            self._say(shown)
        else:
            for row in shown:
                self._say("  ".join(str(value) for value in row.values() if value))

    def _limit(self, said: dict[str, Any]) -> None:
        credentials.limit(said["id"], said["calls"])
        row = _shown(Credential.objects.select_related("user", "property").get(pk=said["id"]))
        self._say(row if said["json"] else f"{row['hint']}: {row['rateLimit'] or 'the default'}.")

    def _revoke(self, said: dict[str, Any]) -> None:
        count = credentials.revoke(said["ids"])
        if not count:
            raise CommandError("None of these is a good credential.")
        self._say({"revoked": count} if said["json"] else f"{count} revoked.")

    def _say(self, value: object) -> None:
        self.stdout.write(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _calls(word: str) -> int | None:
    return None if word == "default" else int(word)


def _good(rows: QuerySet[Credential]) -> QuerySet[Credential]:
    return rows.filter(revoked_at__isnull=True).exclude(expires_at__lte=timezone.now())


def _shown(row: Credential) -> dict[str, object]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "hint": row.hint,
        "of": row.user.username if row.user else row.property.slug if row.property else "",
        "name": row.name,
        "scopes": row.scopes,
        "rateLimit": row.rate_limit,
        "expiresAt": _iso(row.expires_at),
        "revokedAt": _iso(row.revoked_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _user(username: str | None) -> User:
    user = User.objects.filter(username=username).first() if username else None
    if user is None:
        raise CommandError(f"There is no user {username!r}." if username else "Say whose: --user USERNAME.")
    return user


def _property(slug: str | None) -> Property:
    place = Property.objects.filter(slug=slug).first() if slug else None
    if place is None:
        raise CommandError(f"There is no property {slug!r}." if slug else "Say whose: --property SLUG.")
    return place
