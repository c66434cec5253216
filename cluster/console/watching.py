"""`cluster watch`: the cluster as it is, for as long as somebody looks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.core.management.base import OutputWrapper
from django.db import Error as DatabaseProblem
from django.db import connection
from django.utils import timezone
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from cluster.console import pictures, screen
from cluster.overview import Overview, differences, look

LOOK_SECONDS = 1.0
LINES_KEPT = 12


@dataclass(frozen=True, slots=True)
class Glance:
    """One look: what was seen, None while the database is away, and what is new about it."""

    seen: Overview | None
    changes: list[str]


def watch(output: OutputWrapper, *, seconds: float | None, changes: int | None, as_json: bool) -> None:
    """Show the cluster until the time or the number of changes is reached, or Ctrl-C."""
    glances = _glances(seconds, changes)
    with suppress(KeyboardInterrupt):
        if as_json:
            _as_json(output, glances)
        elif output.isatty():
            _live(output, glances)
        else:
            _lines(output, glances)


def _glances(seconds: float | None, changes: int | None) -> Iterator[Glance]:
    until = time.monotonic() + seconds if seconds is not None else float("inf")
    left = changes if changes is not None else float("inf")
    before: Overview | None = None
    away = False
    while left > 0:
        glance = _glance(before, away=away)
        away, before = glance.seen is None, glance.seen or before
        left -= len(glance.changes)
        yield glance
        wait = min(LOOK_SECONDS, until - time.monotonic())
        if wait <= 0:
            return
        time.sleep(wait)


def _glance(before: Overview | None, *, away: bool) -> Glance:
    try:
        now = look()
    except DatabaseProblem:
        connection.close()  # the next look makes another
        return Glance(None, [] if away else ["the database can not be reached"])
    back = ["the database is back"] if away else []
    return Glance(now, [*back, *differences(before, now)])


def _as_json(output: OutputWrapper, glances: Iterator[Glance]) -> None:
    for glance in glances:
        if glance.changes:
            cluster = glance.seen.as_json() if glance.seen else None
            said = {"at": timezone.now(), "changes": glance.changes, "cluster": cluster}
            output.write(screen.line(said))
            output.flush()


def _lines(output: OutputWrapper, glances: Iterator[Glance]) -> None:
    for glance in glances:
        for change in glance.changes:
            output.write(f"{screen.moment(timezone.now())}  {change}")
        output.flush()


def _live(output: OutputWrapper, glances: Iterator[Glance]) -> None:
    told: list[str] = []
    last: Overview | None = None
    with Live(console=screen.console(output), auto_refresh=False, screen=False) as live:
        for glance in glances:
            told += [f"{screen.moment(timezone.now())}  {change}" for change in glance.changes]
            last = glance.seen or last
            live.update(_drawn(last, told[-LINES_KEPT:], away=glance.seen is None), refresh=True)


def _drawn(seen: Overview | None, told: list[str], *, away: bool) -> RenderableType:
    parts: list[RenderableType] = []
    if away:
        parts.append(Text("The database can not be reached; this is how it was last.", style="bold red"))
    if seen is not None:
        parts += [pictures.head(seen), *pictures.complaints(seen), Text(), pictures.nodes(seen, watched=True)]
    return Group(*parts, Text(), *(Text(line) for line in told))
