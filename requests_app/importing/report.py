"""What became of each row: counted for a person, and line by line in a file for whoever mends them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TextIO

from requests_app.importing.reading import Fault
from requests_app.importing.rows import Row


@dataclass(slots=True)
class Report:
    """Grows while rows are looked at; ``lines`` is where each row that is not taken is named."""

    lines: TextIO | None = None
    taken: int = 0
    here_already: int = 0
    refused: int = 0
    changed: int = 0
    renumbered: int = 0
    by_property: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    hours_off: Counter[int] = field(default_factory=Counter)

    def not_taken(self, row: Row, faults: Iterable[Fault]) -> None:
        """Count a row that is not taken, with every reason."""
        self.refused += 1
        for fault in faults:
            self.reasons[fault.column, fault.reason] += 1
            self._tell(row, fault)

    def changed_since(self, row: Row) -> None:
        """Count a row that was taken before and has changed in the old system since."""
        self.changed += 1
        self._tell(
            row, Fault("updated_at", "changed", "It has changed since it was taken; ours is left alone.")
        )

    def _tell(self, row: Row, fault: Fault) -> None:
        if self.lines is not None:
            told = {"id": row.old_id, "where": row.where, **fault._asdict()}
            self.lines.write(json.dumps(told, ensure_ascii=False) + "\n")

    def as_json(self) -> dict[str, object]:
        """Return the counts for a program."""
        return {
            "taken": self.taken,
            "hereAlready": self.here_already,
            "notTaken": self.refused,
            "changedSince": self.changed,
            "renumbered": self.renumbered,
            "byProperty": dict(self.by_property),
            "reasons": [
                {"column": column, "reason": reason, "rows": count}
                for (column, reason), count in self.reasons.most_common()
            ],
            "keptInInstructions": dict(self.beside),
            "columnsLeft": dict(self.left),
            "hoursFromOrderId": {str(hours): count for hours, count in self.hours_off.items()},
        }
