"""What browsers report about our policy: counted, told in a line, and nothing of it kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from security.limits.rules import REPORTS_PER_MINUTE
from security.metrics import CSP_REPORTS
from security.reports import MOST_BYTES, NEW, OLD

pytestmark = pytest.mark.django_db

PAGE = "http://testserver/s/a-guests-own-token?room=101"
SCRIPT = {
    "document-uri": PAGE,
    "effective-directive": "script-src-elem",
    "blocked-uri": "https://evil.example/?k=1",
}
STYLE = {
    "documentURL": PAGE,
    "effectiveDirective": "style-src-attr",
    "blockedURL": "inline",
    "sample": "Ms Clarke",
}


def report(body: object, kind: str = OLD) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client(enforce_csrf_checks=True).post("/api/csp-report", raw, content_type=kind)


def counted(directive: str) -> float:
    return float(CSP_REPORTS.labels(directive)._value.get())


def test_it_works_for_both_kinds(caplog: pytest.LogCaptureFixture) -> None:
    scripts, styles = counted("script-src-elem"), counted("style-src-attr")
    assert report({"csp-report": SCRIPT}).status_code == 204
    several = [{"type": "csp-violation", "body": STYLE}, {"type": "deprecation", "body": {}}]
    assert report(several, NEW).status_code == 204
    assert (counted("script-src-elem"), counted("style-src-attr")) == (scripts + 1, styles + 1)
    lines = [record for record in caplog.records if record.message == "csp.violation"]
    assert [line.seen for line in lines] == [  # type: ignore[attr-defined]
        [("script-src-elem", "https", "s/<str:token>")],
        [("style-src-attr", "inline", "s/<str:token>")],
    ]
    kept = str([vars(line) for line in lines])
    assert not [word for word in ("a-guests", "room=101", "Clarke", "evil") if word in kept]


def test_an_unknown_directive_makes_no_series_of_its_own() -> None:
    others = counted("other")
    assert report({"csp-report": SCRIPT | {"effective-directive": "x" * 50}}).status_code == 204
    assert counted("other") == others + 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{oops", OLD, 400),
        (b"", OLD, 415),  # no body has no type
        (b"[" * 10_000, NEW, 400),
        ([], OLD, 400),
        ({"csp-report": "x"}, OLD, 400),
        ([{"type": "csp-violation", "body": 1}], NEW, 400),
        ({"csp-report": SCRIPT | {"document-uri": "https://elsewhere.example/"}}, OLD, 400),
        ({"csp-report": SCRIPT | {"document-uri": "http://[x"}}, OLD, 400),
        ({"csp-report": SCRIPT | {"document-uri": 5}}, OLD, 400),
        (b" " * (MOST_BYTES + 1), OLD, 413),
        ({"csp-report": SCRIPT}, "application/json", 415),
        (b"x", "text/html", 415),
    ],
)
def test_it_rejects_what_is_no_report(body: object, kind: str, status: int) -> None:
    answer = report(body, kind)
    assert (answer.status_code, answer.json()["success"]) == (status, False)


def test_nobody_floods_it() -> None:
    answers = [report({"csp-report": SCRIPT}).status_code for _ in range(REPORTS_PER_MINUTE + 1)]
    assert answers == [204] * REPORTS_PER_MINUTE + [429]
