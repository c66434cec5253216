"""`cluster config`: which node was told something else than the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.management.base import OutputWrapper
from rich.text import Text

from cluster import reports
from cluster.console import exits, screen

OF_ITS_OWN = frozenset({"INSTANCE_ID", "HOST", "PORT", "DATA_DIR", "METRICS_PORT", "LOG_DIRECTORY"})
"""What differs between nodes by nature; shown, but no reason to worry."""

DEFAULT = "(default)"
Told = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable and what each node was told."""

    name: str
    values: dict[str, str]

    @property
    def differs(self) -> bool:
        """Say whether two nodes were told different things."""
        return len(set(self.values.values())) > 1

    @property
    def is_worrying(self) -> bool:
        """Say whether they should have been told the same."""
        return self.differs and self.name not in OF_ITS_OWN


def in_force() -> dict[str, Told]:
    """Return what each living node that has reported was told."""
    return {name: said["settings"] for name, said in reports.of_all("settings").items() if said}


def compared(told: Mapping[str, Told]) -> list[Setting]:
    """Return every variable any node was told, with each node's value."""
    names = sorted({name for said in told.values() for name in said})
    return [Setting(name, {node: said.get(name, DEFAULT) for node, said in told.items()}) for name in names]


def show(output: OutputWrapper, *, everything: bool, as_json: bool) -> int:
    """Tell where the nodes differ; return the exit code."""
    told = in_force()
    settings = compared(told)
    worrying = [it for it in settings if it.is_worrying]
    wanted = settings if everything else [it for it in settings if it.differs]
    if as_json:
        values = {it.name: it.values for it in wanted}
        same = {"alike": not worrying, "nodes": list(told), "differ": [it.name for it in worrying]}
        output.write(screen.line({**same, "settings": values}))
    else:
        _draw(output, told, wanted, worrying)
    if not told:
        return exits.NOBODY
    return exits.FAILED if worrying else exits.DONE


def _draw(
    output: OutputWrapper, told: Mapping[str, Told], wanted: list[Setting], worrying: list[Setting]
) -> None:
    console = screen.console(output)
    if not told:
        console.print("Nobody is there, or no node has reported yet.")
        return
    verdict = f"{len(worrying)} settings differ" if len(worrying) > 1 else "1 setting differs"
    console.print(f"{len(told)} nodes: {verdict if worrying else 'configured alike'}.")
    drawn = screen.table("setting", *told, watched=output.isatty())
    for it in wanted:
        name = Text(it.name, style="bold yellow" if it.is_worrying else "")
        drawn.add_row(name, *(Text(it.values[node]) for node in told))
    if wanted:
        console.print(drawn)
