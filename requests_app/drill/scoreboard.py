"""The scoreboard: a table a scenario for people, one object for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from requests_app.drill.scenarios import Result


def show(console: Console, result: Result) -> None:
    """Print how one scenario went."""
    verdict = "[green]kept[/]" if result.kept else "[red]BROKEN[/]"
    table = Table(title=f"{result.name}: {verdict} in {result.seconds:.0f} s", title_justify="left")
    table.caption, table.caption_justify = escape(result.promise), "left"
    for name in ("promise", "measured", "promised", ""):
        table.add_column(name)
    for it in result.measures:
        word = "" if not it.promised else "kept" if it.kept else "[red]BROKEN[/]"
        table.add_row(escape(it.what), escape(it.measured), escape(it.promised), word)
    if result.problem:
        table.add_row("could not run", escape(result.problem), "", "[red]BROKEN[/]")
    console.print(table)
    for it in result.measures:
        for example in () if it.kept else it.examples:
            console.print(f"  {it.what}: {example}", markup=False, highlight=False)


def summary(results: Sequence[Result]) -> str:
    """Say it in one line."""
    broken = [result.name for result in results if not result.kept]
    seconds = sum(result.seconds for result in results)
    said = f"{len(results) - len(broken)} of {len(results)} scenarios kept every promise, {seconds:.0f} s"
    return f"{said}; broken: {', '.join(broken)}" if broken else said


def as_json(results: Sequence[Result], *, seed: str) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "kept": all(result.kept for result in results),
        "seed": seed,
        "scenarios": [{**asdict(result), "kept": result.kept} for result in results],
    }
