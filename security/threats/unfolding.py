"""A text as the program it is meant for would read it: decoded, in small letters, with single blanks."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote_plus

ROUNDS = 3
LONGEST = 10_000

_ESCAPED = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_CODED = re.compile(r"\\(?:x|u00)([0-9a-f]{2})", re.IGNORECASE)
_OVERLONG = re.compile(r"%(?:25)*(?:c0%(?:25)*(?:ae|af)|c1%(?:25)*9c|u002e|u2215|u2216)", re.IGNORECASE)
_OVERLONG_MEANS = {"ae": ".", "af": "/", "9c": "\\", "2e": ".", "15": "/", "16": "\\"}
_BLANKS = re.compile(r"[\s\x00]+")


def unfold(text: str) -> str:
    """Return the text without its disguises; at most three of them, one over the other."""
    text = text[:LONGEST]
    for _ in range(ROUNDS):
        plain = _once(text)
        if plain == text:
            break
        text = plain
    return _BLANKS.sub(" ", text).lower()


def _once(text: str) -> str:
    if "%" in text and _ESCAPED.search(text):
        text = unquote_plus(_OVERLONG.sub(_short, text))
    elif "%u" in text:
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
