"""The book as text for others to keep: a line an entry."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, Protocol

import orjson

from security.models import AuditEntry

FIELDS = (
    *("chain", "number", "at", "node", "action", "actor_kind", "actor", "property_id", "target", "door"),
    *("address", "request_id", "before", "after", "count", "previous", "digest"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Output(Protocol):
    """Where the lines go."""

    def write(self, text: str) -> object:
        """Take a text."""


def as_lines(rows: Iterator[AuditEntry], to: Output) -> int:
    """Write a JSON object a line; return how many."""
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007
        to.write(orjson.dumps({name: getattr(row, name) for name in FIELDS}).decode() + "\n")
    return count


def as_table(rows: Iterator[AuditEntry], to: Any) -> int:
    """Write CSV that no spreadsheet takes for formulas; return how many rows."""
    table = csv.writer(to)
    table.writerow(FIELDS)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007
        table.writerow([_cell(getattr(row, name)) for name in FIELDS])
    return count


def _cell(value: object) -> object:
    if value is None or isinstance(value, int):
        return "" if value is None else value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
