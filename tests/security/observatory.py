"""How Mozilla's HTTP Observatory grades an answer: its published rules, in our own words.

Source: github.com/mdn/mdn-http-observatory, src/grader/charts.js and src/analyzer/tests (2026). Everybody
begins with 100; what is wrong costs points, and extra credit counts only for who has 90 without it. A+ is 100
or more. What the rules find acceptable but we never do (a redirect chain, SRI of foreign scripts) is not told
apart here: it costs as much as the worst.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SIX_MONTHS = 15_552_000
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
BROAD = {"*", "http:", "https:", "ftp:", "data:", "'unsafe-inline'"}


@dataclass(frozen=True)
class Seen:
    """One answer over HTTPS; ``cors`` is what the same address said to a foreign origin."""

    headers: Mapping[str, str]
    cookies: Sequence[str] = ()
    cors: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


def score(seen: Seen) -> int:
    """Return the points of an answer."""
    points = [
        _policy(seen),
        _cookies(seen),
        _cors(seen),
        _hsts(seen),
        _scripts(seen),
        5 if seen.headers.get("referrer-policy") in PRIVATE else -5,
        0 if seen.headers.get("x-content-type-options") == "nosniff" else -5,
        5 if seen.headers.get("x-frame-options") in ("DENY", "SAMEORIGIN") else -20,
        10 if seen.headers.get("cross-origin-resource-policy") in ("same-origin", "same-site") else 0,
        10 if seen.headers.get("cross-origin-opener-policy") == "same-origin" else 0,
    ]
    total = 100 + sum(point for point in points if point < 0)
    return total + sum(point for point in points if point > 0) if total >= 90 else max(0, total)


def grade(seen: Seen) -> str:
    """Return the letters for the two best grades, and F for all below."""
    points = score(seen)
    return "A+" if points >= 100 else "A" if points >= 90 else "F"


def directives(policy: str) -> dict[str, set[str]]:
    """Return the sources of each directive."""
    found = (part.split() for part in policy.split(";") if part.strip())
    return {words[0]: set(words[1:]) for words in found}


def _policy(seen: Seen) -> int:
    said = directives(seen.headers.get("content-security-policy", ""))
    if not said:
        return -25
    fallback = said.get("default-src", {"*"})
    scripts, objects = said.get("script-src", fallback), said.get("object-src", fallback)
    if (scripts | objects) & BROAD:
        return -20
    if any("'unsafe-eval'" in sources for sources in said.values()):
        return -10
    if any("http:" in source for sources in said.values() for source in sources):
        return -20
    if said.get("style-src", fallback) & BROAD:
        return 0
    return 10 if fallback == {"'none'"} and said.get("form-action", {"*"}) <= {"'none'", "'self'"} else 5


def _cookies(seen: Seen) -> int:
    points = [_cookie(cookie) for cookie in seen.cookies]
    return min(points, default=0)


def _cookie(cookie: str) -> int:
    name, flags = cookie.partition("=")[0].lower(), cookie.lower()
    if "secure" not in flags.split("; ")[1:]:
        return -40
    if any(word in name for word in ("sess", "login")) and "httponly" not in flags:
        return -30
    return 5 if re.search(r"samesite=(lax|strict)", flags) else -20


def _cors(seen: Seen) -> int:
    allowed = seen.cors.get("access-control-allow-origin", "")
    is_open = allowed not in ("", "*") and seen.cors.get("access-control-allow-credentials") == "true"
    return -50 if is_open else 0


def _hsts(seen: Seen) -> int:
    found = re.search(r"max-age=(\d+)", seen.headers.get("strict-transport-security", ""))
    if found is None:
        return -20
    return 0 if int(found[1]) >= SIX_MONTHS else -10


def _scripts(seen: Seen) -> int:
    foreign = re.findall(r"<script[^>]*src=[\"']?(?:https?:)?//", seen.body)
    return -50 if foreign else 0
