"""Rows of the old system as its readers yield them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

REQUESTS, TENANTS, SERVICES = "request", "tenants", "services"
TABLES = (REQUESTS, TENANTS, SERVICES)

Values = Mapping[str, str | None]
"""A row by column: each value as PostgreSQL writes it as text, None for NULL."""


class SourceError(Exception):
    """The old system's data can not be read; says what and where."""


class Row(NamedTuple):
    """One row, or the reason why it could not even be read; ``where`` finds it again."""

    where: str
    values: Values
    unreadable: str = ""

    @property
    def old_id(self) -> int | None:
        """The number the old system gave it, None where it has none that could be one."""
        text = (self.values.get("id") or "").strip()
        return int(text) if text.isdecimal() and len(text) <= 18 else None


class Source(Protocol):
    """Where the old rows come from; it may be read more than once."""

    def count(self) -> int:
        """Return how many requests there are. Raises SourceError."""

    def small(self, table: str) -> list[Row]:
        """Return all rows of a neighbour table, none where there is no such table. Raises SourceError."""

    def requests(self) -> Iterator[Row]:
        """Yield every request. Raises SourceError."""
