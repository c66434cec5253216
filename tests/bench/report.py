"""What was measured, as a table for people or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from tests.bench.turns import Result


def show(results: Sequence[Result]) -> None:
    """Print the table."""
    table = Table("measure", "ratio", "spread", "aim", "", "ours : theirs")
    for result in results:
        aim = f"{'≥' if result.at_least else '≤'} {result.aim:g}"
        met = "[green]met[/green]" if result.is_met else "[red]missed[/red]"
        spread = f"{result.lowest:.2f}–{result.highest:.2f}"
        table.add_row(result.name, f"{result.ratio:.2f}", spread, aim, met, result.detail)
    Console(width=130).print(table)


def as_dicts(results: Sequence[Result]) -> list[dict[str, object]]:
    """Return what `--json` prints."""
    return [asdict(result) | {"met": result.is_met} for result in results]
