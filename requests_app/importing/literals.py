"""Values as PostgreSQL writes them, in a COPY block and in an INSERT statement. Pure.

Source: PostgreSQL's manual, COPY (text format) and 4.1.2 (constants).
"""

from __future__ import annotations

import re

NULL = "\\N"
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
ESCAPED = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
TOKEN = re.compile(
    r"""\s*(?:
        (?P<escaped>[eE]'(?:[^'\\]|''|\\.)*')
      | (?P<text>'(?:[^']|'')*')
      | (?P<cast>::[\w ]+(?:\([\d, ]+\))?(?:\[\])?)
      | (?P<sign>[(),;])
      | (?P<word>[^\s'(),;:]+)
    )""",
    re.VERBOSE | re.DOTALL,
)


class Unfinished(Exception):
    """The statement goes on behind the text at hand."""


def unescaped(field: str) -> str | None:
    """Return one field of a COPY block."""
    if field == NULL:
        return None
    return ESCAPED.sub(_escape, field) if "\\" in field else field


def values_of(statement: str, begin: int) -> list[list[str | None]]:
    """Return the rows behind VALUES, which begins at ``begin``. Raises Unfinished."""
    rows: list[list[str | None]] = []
    place = begin
    while True:
        found = TOKEN.match(statement, place)
        if found is None:
            raise Unfinished
        place = found.end()
        match found["sign"]:
            case ";":
                return rows
            case "(":
                rows.append([])
            case "," | ")":
                continue
            case _ if found["cast"] is None and rows:
                rows[-1].append(_literal(found))
            case _ if not rows:
                raise Unfinished


def _literal(found: re.Match[str]) -> str | None:
    if found["text"] is not None:
        return found["text"][1:-1].replace("''", "'")
    if found["escaped"] is not None:
        return ESCAPED.sub(_escape, found["escaped"][2:-1].replace("''", "'"))
    return None if found["word"].upper() == "NULL" else found["word"]


def _escape(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    if code[0] in "01234567":
        return chr(int(code, 8) & 0xFF)
    return ESCAPES.get(code, code)
