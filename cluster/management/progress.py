"""How far a long command has come: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO, cast

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

LINE_SECONDS = 5.0
Advance = Callable[[int], None]


@contextmanager
def progress(output: OutputWrapper, title: str, total: int) -> Iterator[Advance]:
    """Yield what to call with the number of things just done; the answer of the command stays clean of it."""
    if not output.isatty():
        yield _Lines(output, title, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(file=cast("TextIO", output))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, advance=done)


class _Lines:
    """Plain progress: at most a line every few seconds, none for what is done sooner."""

    def __init__(self, output: OutputWrapper, title: str, total: int) -> None:
        self.output, self.title, self.total = output, title, total
        self.done, self.said_at = 0, time.monotonic()

    def __call__(self, done: int) -> None:
        self.done += done
        if time.monotonic() - self.said_at >= LINE_SECONDS:
            self.said_at = time.monotonic()
            self.output.write(f"{self.title}: {self.done:,} of {self.total:,}")
