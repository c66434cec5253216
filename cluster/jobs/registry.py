"""The jobs every app has declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Run = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Job:
    """Something the leader does every so often; ``run`` is given the leader's term."""

    name: str
    every_seconds: float
    run: Run


_jobs: dict[str, Job] = {}


def register(name: str, every_seconds: float, run: Run) -> None:
    """Declare a job; its name is its metric's label."""
    if name in _jobs:
        raise ValueError(f"registered twice: {name}")
    _jobs[name] = Job(name, every_seconds, run)


def registered() -> list[Job]:
    """Return all jobs."""
    return list(_jobs.values())
