"""Where browsers tell what our content security policy kept from being loaded or run.

Anybody may write here, so a report is counted and leaves one line, and nothing of it is kept but
words we know ourselves: the directive, the route, and the scheme of what was blocked.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from cluster.answers import problems, refuse
from security import limits, metrics

logger = logging.getLogger("bellhop.security")

OLD, NEW = "application/csp-report", "application/reports+json"
MOST_BYTES = 16 * 1024
MOST_REPORTS = 20
DIRECTIVES = frozenset(
    f"{kind}-src{part}"
    for kind in ("default", "script", "style", "img", "font", "connect", "media", "object", "frame")
    for part in ("", "-elem", "-attr")
) | {"base-uri", "form-action", "frame-ancestors", "manifest-src", "worker-src", "child-src"}
BLOCKED = frozenset({"inline", "eval", "wasm-eval", "data", "blob", "http", "https", "ws", "wss", "self"})
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that was kept out, in our own words."""

    directive: str
    blocked: str
    route: str


@csrf_exempt
def receive(request: HttpRequest) -> HttpResponse:
    """Count what a browser reports; it is told nothing but whether this was a report."""
    try:
        limits.admit_report(request)
        found = _read(request)
    except problems.Problem as problem:
        return refuse(problem, request)
    for violation in found:
        metrics.CSP_REPORTS.labels(violation.directive).inc()
    seen = sorted({(each.directive, each.blocked, each.route) for each in found})
    logger.warning("csp.violation", extra={"count": len(found), "seen": seen})
    return HttpResponse(status=204)


def _read(request: HttpRequest) -> list[Violation]:
    if request.method != "POST":
        raise problems.MethodNotAllowed(headers={"Allow": "POST"})
    if request.content_type not in (OLD, NEW):
        raise problems.UnsupportedMedia(f"Send a report as {OLD} or {NEW}.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES or len(request.body) > MOST_BYTES:
        raise problems.TooLarge(f"A report has at most {MOST_BYTES} bytes.")
    try:
        said = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise problems.Invalid("The report is not JSON.") from None
    found = list(_violations(said, request.content_type, request.get_host()))
    if not found:
        raise problems.Invalid("This holds no report of a violation on a page of ours.")
    return found


def _violations(said: object, kind: str, host: str) -> Iterable[Violation]:
    for report in _old(said) if kind == OLD else _new(said):
        page = _text(report, "document-uri", "documentURL")
        if _host_of(page) == host.lower():
            yield Violation(_directive(report), _blocked(report), _route(page))


def _old(said: object) -> Iterable[dict[str, object]]:
    report = said.get("csp-report") if isinstance(said, dict) else None
    return [report] if isinstance(report, dict) else []


def _new(said: object) -> Iterable[dict[str, object]]:
    reports = said[:MOST_REPORTS] if isinstance(said, list) else []
    for report in reports:
        if isinstance(report, dict) and report.get("type") == "csp-violation":
            body = report.get("body")
            if isinstance(body, dict):
                yield body


def _text(report: dict[str, object], *names: str) -> str:
    found = next((report[name] for name in names if name in report), "")
    return found if isinstance(found, str) else ""


def _directive(report: dict[str, object]) -> str:
    said = _text(report, "effectiveDirective", "effective-directive", "violated-directive")
    word = said.partition(" ")[0]
    return word if word in DIRECTIVES else OTHER


def _blocked(report: dict[str, object]) -> str:
    word = _text(report, "blockedURL", "blocked-uri").partition(":")[0]
    return word if word in BLOCKED else OTHER


def _host_of(page: str) -> str:
    try:
        return urlsplit(page).netloc.lower()
    except ValueError:
        return ""


def _route(page: str) -> str:
    """Return the pattern of the page's address: the address itself may be a guest's key."""
    try:
        return resolve(urlsplit(page).path).route
    except Resolver404:
        return OTHER
