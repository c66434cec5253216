"""A text as the program it is meant for would read it: decoded, in small letters, with single blanks."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote_plus

ROUNDS = 3

_ESCAPED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_CODED = re.compile(r"\\(?:x|u00)([0-9a-f]{2})", re.IGNORECASE)
_OVERLONG = re.compile(
    r"%(?:25){0,3}(?:c0%(?:25){0,3}(?:ae|af|2e|2f|5c)|c1%(?:25){0,3}9c|u002e|uff0e|uff0f|u2215|u2216)"
    r"|0x(?:2e|2f|5c)",
    re.IGNORECASE,
)
_OVERLONG_MEANS = {
    "ae": ".",
    "2e": ".",
    "0e": ".",
    "af": "/",
    "2f": "/",
    "0f": "/",
    "15": "/",
    "9c": "\\",
    "5c": "\\",
    "16": "\\",
}
_BLANKS = re.compile(r"[\s\x00]+")


def unfold(text: str) -> str:
    """Return the text without its disguises; at most three of them, one over the other."""
    for _ in range(ROUNDS):
        plain = _once(text)
        if plain == text:
            break
        text = plain
    return _BLANKS.sub(" ", text).lower()


def _once(text: str) -> str:
    if "%" in text and _ESCAPED.search(text):
        text = unquote_plus(_OVERLONG.sub(_short, text))
    elif "%u" in text or "0x" in text:
        text = _OVERLONG.sub(_short, text)
    if "&" in text:
        text = html.unescape(text)
    if "\\" in text:
        text = _CODED.sub(_character, text)
    return text


def _short(found: re.Match[str]) -> str:
    return _OVERLONG_MEANS[found.group()[-2:].lower()]


def _character(found: re.Match[str]) -> str:
    return chr(int(found.group(1), 16))
