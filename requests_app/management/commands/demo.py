"""`manage.py demo`: the hotel everybody tries first."""

from __future__ import annotations

import json
import secrets
import time
from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cluster.management.progress import progress
from cluster.models import Event
from requests_app.chronicle import loading
from requests_app.demo import cast, history
from requests_app.models import GuestRequest
from security import credentials
from security.models import CredentialKind, Property, User

EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - recognised, not listened on
PASSWORD_BYTES = 9
ANEW = "DEMO_PASSWORD=… manage.py demo sets it"


class Command(BaseCommand):
    """Make the demo's cast and print how to come in; asked again, it only makes what is missing."""

    help = "Make the demo hotel and its cast, everyone on duty; --requests adds a realistic history."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much of it, and how repeatable."""
        add = parser.add_argument
        add("--if-empty", action="store_true", help="change nothing once there are users")
        add("--requests", type=_count, default=0, metavar="N", help="add N requests of the past 90 days")
        add("--property", default=cast.DEMO, metavar="SLUG", help="whose history it is (demo-hotel)")
        add("--seed", default="", help="the same seed, --until and hotel give the same history")
        add("--until", type=_moment, metavar="TIME", help="where the history ends, ISO 8601 (now)")
        add("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, tell the history, say how to come in."""
        if settings.PROFILE == "prod":
            raise CommandError("The demo's logins are known to everybody: it refuses to run in prod.")
        answer: dict[str, Any] = {"url": _url(), "seeded": False}
        if not (options["if_empty"] and User.objects.exists()):
            logins, token = _logins(), _token()
            answer |= {"seeded": True, "logins": logins, "token": token, "curl": _curl(token)}
            if options["requests"]:
                answer["history"] = self._add_history(options)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_sentences(answer)))

    def _add_history(self, options: dict[str, Any]) -> dict[str, object]:
        slug, number = options["property"], options["requests"]
        place = Property.objects.filter(slug=slug).first()
        if place is None:
            raise CommandError(f"There is no property {slug!r}.")
        seed, until = options["seed"] or secrets.token_hex(8), options["until"] or timezone.now()
        begun = time.perf_counter()
        with progress(self.stderr, f"History of {place.name}", number) as advance:
            for written in history.add(place, number, until=until, seed=seed):
                advance(written)
        loading.refresh_plans(GuestRequest, Event)
        seconds = round(time.perf_counter() - begun, 2)
        return {
            "property": slug,
            "requests": number,
            "seed": seed,
            "until": until.isoformat(),
            "seconds": seconds,
        }


def _logins() -> list[dict[str, str | None]]:
    seeded = cast.seed(given=settings.DEMO_PASSWORD or None, fallback=secrets.token_urlsafe(PASSWORD_BYTES))
    return [{"username": who.username, "password": who.password, "who": who.what} for who in seeded]


def _sentences(answer: dict[str, Any]) -> list[str]:
    lines = [f"Back office: {answer['url']}/admin/"]
    if not answer["seeded"]:
        return [*lines, f"There are users already: nothing was changed. A forgotten password: {ANEW}."]
    lines += [_login(**who) for who in answer["logins"]]
    if past := answer.get("history"):
        source = f"--seed {past['seed']} --until {past['until']}"
        lines.append(f"Added {past['requests']} requests to {past['property']} ({source}).")
    return [*lines, "Post a request as Lan and watch it appear:", "", f"  {answer['curl']}", ""]


def _login(username: str, password: str | None, who: str) -> str:
    return f"  {username:<6} {password or f'(as it was; {ANEW})':<16} {who}"


def _url() -> str:
    host = settings.LISTEN_HOST
    shown = "127.0.0.1" if host in EVERY_ADDRESS else f"[{host}]" if ":" in host else host
    scheme = "https" if settings.HTTPS_ONLY else "http"
    return f"{scheme}://{shown}:{settings.LISTEN_PORT}"


def _token() -> str:
    """Return a fresh token of Lan's, good for twelve hours."""
    return credentials.issue(CredentialKind.STAFF, user=User.objects.get(username="lan"), name="demo").token


def _curl(token: str) -> str:
    """Return a line to paste."""
    body = json.dumps(
        {"requestText": "Two more towels, please", "roomNumber": "101", "guestName": "Emma Clarke"}
    )
    headers = f"-H 'Authorization: Bearer {token}' -H 'Content-Type: application/json'"
    return f"curl {_url()}/api/request {headers} -d '{body}'"


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ArgumentTypeError("zero or more")
    return number


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None:
        raise ArgumentTypeError("a moment like 2026-11-20T12:00:00Z")
    return moment if moment.tzinfo else timezone.make_aware(moment)
