"""Reading one old row column by column, remembering everything that is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from cluster.answers.problems import Invalid
from requests_app.importing.rows import Values
from security import text

MOST_SHOWN = 40
LATEST_YEAR = 9998


class Fault(NamedTuple):
    """Why a row is not taken: the column, a word for a program, a sentence for a person.

    A sentence holds no guest's text: of a value it quotes only what is one of a few words.
    """

    column: str
    code: str
    reason: str


@dataclass(slots=True)
class Reading:
    """One row under way; ``used`` are the columns somebody has asked for."""

    values: Values
    zone: tzinfo
    now: datetime
    longest: int
    faults: list[Fault] = field(default_factory=list)
    used: set[str] = field(default_factory=lambda: {"id"})

    def fault(self, column: str, code: str, reason: str) -> None:
        """Remember what is wrong."""
        self.faults.append(Fault(column, code, reason))

    def raw(self, *columns: str) -> tuple[str, str]:
        """Return the first of these columns that says anything, and what; none: the first, and nothing."""
        self.used.update(columns)
        for column in columns:
            value = self.values.get(column)
            if value is not None and value.strip():
                return column, value
        return columns[0], ""

    def text(self, *columns: str, limit: int) -> str:
        """Return a text as it is kept everywhere."""
        column, value = self.raw(*columns)
        return self.cleaned(column, value, limit)

    def cleaned(self, column: str, value: str, limit: int) -> str:
        """Return a text as it is kept everywhere, or nothing and a fault."""
        try:
            return text.clean(column, value, limit=limit, maximum=self.longest)
        except Invalid as problem:
            fault = problem.details[0]
            self.fault(column, str(fault["code"]), str(fault["message"]))
            return ""

    def word(self, column: str, meaning: Callable[[str], Any], what: str) -> Any:
        """Return what a word means, None where there is none."""
        _, value = self.raw(column)
        if not value:
            return None
        found = meaning(value)
        if found is None:
            self.fault(column, "unknown", f"{_quoted(value)} is no {what} that is known.")
        return found

    def past(self, *columns: str) -> datetime | None:
        """Return a moment that must not lie ahead, None where none is given."""
        column, value = self.raw(*columns)
        if not value:
            return None
        moment = self.moment(value)
        if moment is None:
            self.fault(column, "invalid", "It is not a moment.")
        elif moment > self.now:
            self.fault(column, "future", "It lies in the future; is --zone the old server's?")
        return moment

    def moment(self, value: str) -> datetime | None:
        """Return a moment in UTC; one without a zone is the old server's local time."""
        try:
            found = datetime.fromisoformat(value.strip())
            if not 1970 <= found.year <= LATEST_YEAR:
                return None
            return (found if found.tzinfo else found.replace(tzinfo=self.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def _quoted(value: str) -> str:
    shown = " ".join(value.split())
    return f'"{shown[:MOST_SHOWN]}{"…" if len(shown) > MOST_SHOWN else ""}"'
