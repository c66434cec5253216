"""Where the answer goes: tables for a terminal, aligned plain text for a pipe, JSON for a machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TextIO, cast

from django.core.management.base import OutputWrapper
from django.utils import timezone
from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 240
COLOURS = {
    "up": "green",
    "suspect": "yellow",
    "draining": "cyan",
    "down": "bold red",
    "yes": "green",
    "no": "bold red",
    "silent": "yellow",
}


def console(output: OutputWrapper) -> Console:
    """Return what draws on this output; nothing is coloured or cut where nobody watches."""
    watched = output.isatty()
    return Console(file=cast("TextIO", output), width=None if watched else PIPE_WIDTH, highlight=False)


def table(*columns: str, watched: bool) -> Table:
    """Return an empty table; without lines where a program may read it."""
    style = box.SIMPLE_HEAD if watched else None
    return Table(*columns, box=style, pad_edge=False, header_style="bold", show_edge=False)


def add(to: Table, cells: Iterable[object]) -> None:
    """Add a row; a word that tells a state has its colour."""
    to.add_row(*(Text(str(cell), style=COLOURS.get(str(cell), "")) for cell in cells))


class Fitting:
    """A table that leaves out columns, the most expendable first, until no word has to be cut.

    ``rows`` have a cell for each of ``columns``; of those, ``expendable`` may go, in that order.
    """

    def __init__(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[object]],
        expendable: Sequence[str],
        *,
        watched: bool,
    ) -> None:
        self._columns, self._rows, self._expendable = columns, rows, expendable
        self._watched = watched

    def __rich_console__(self, on: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the widest that fits, and name what is not shown."""
        for left_out in range(len(self._expendable) + 1):
            gone = self._expendable[:left_out]
            drawn = self._without(gone)
            if Measurement.get(on, options.update(max_width=PIPE_WIDTH), drawn).maximum <= options.max_width:
                break
        yield drawn
        if gone:
            yield Text(f"not shown for want of room: {', '.join(gone)} (--json has all)", style="dim")

    def _without(self, gone: Sequence[str]) -> Table:
        kept = [place for place, name in enumerate(self._columns) if name not in gone]
        drawn = table(*(self._columns[place] for place in kept), watched=self._watched)
        for row in self._rows:
            add(drawn, (row[place] for place in kept))
        return drawn


def line(said: Any) -> str:
    """Return JSON on one line."""
    return json.dumps(said, ensure_ascii=False, default=_plain)


def moment(at: datetime) -> str:
    """Return a time of day for a person."""
    return timezone.localtime(at).strftime("%H:%M:%S")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)
