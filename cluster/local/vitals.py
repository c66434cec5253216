"""What the system knows of processes: who lives, since when, in which family.

A pid alone says little: it is given to somebody else after its owner's death. A pid with the moment
its process started is one process's for good, so a stale pid file never gets a foreign one killed.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

PROC = Path("/proc")
PS = ("ps", "-A", "-ww", "-o", "pid=,ppid=,pgid=,state=,lstart=")
GONE = "ZX"  # a zombie is a death that nobody has read yet
HELD = "Tt"


class State(StrEnum):
    """How a part of the cluster is."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Process:
    """One line of the process table."""

    pid: int
    parent: int
    group: int
    letter: str
    started: str

    @property
    def alive(self) -> bool:
        """Whether it can still do anything."""
        return self.letter not in GONE


Table = dict[int, Process]


def table() -> Table:
    """Return every process of this machine by its pid."""
    found = _from_proc() if (PROC / "self/stat").exists() else _from_ps()
    return {process.pid: process for process in found}


def identity(pid: int) -> str:
    """Return what tells this process from a later one of the same pid; empty when it is gone."""
    process = table().get(pid)
    return process.started if process else ""


def state_of(pid: int, started: str, known: Table) -> State:
    """Return whether the process that started then runs, is held, or is dead."""
    process = known.get(pid)
    if process is None or not process.alive or process.started != started:
        return State.DEAD
    return State.PAUSED if process.letter in HELD else State.RUNNING


def family(pid: int, known: Table) -> list[int]:
    """Return a group's leader and all that belong to it or descend from it, the leader first.

    Descendants too: each of PostgreSQL's children leads a group of its own.
    """
    found, before = {pid}, 0
    while len(found) > before:
        before = len(found)
        found |= {it.pid for it in known.values() if it.group in found or it.parent in found}
    living = [one for one in found if one in known and known[one].alive]
    return sorted(living, key=lambda one: (one != pid, one))


def send_all(pid: int, what: signal.Signals) -> None:
    """Send a signal to a whole family. Its leader is held meanwhile, so that it makes no more children."""
    if what is not signal.SIGCONT:
        send(pid, signal.SIGSTOP)
    for one in family(pid, table()):
        send(one, what)


def send(pid: int, what: signal.Signals) -> None:
    """Send a signal to one process; one that is gone already minds nothing."""
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        return


def _from_proc() -> Iterator[Process]:
    for folder in PROC.glob("[0-9]*"):
        try:
            said = (folder / "stat").read_text()
        except OSError:
            continue  # it ended while we looked
        # The name stands in parentheses and may hold any character.
        fields = said.rpartition(")")[2].split()
        yield Process(int(folder.name), int(fields[1]), int(fields[2]), fields[0], fields[19])


def _from_ps() -> Iterator[Process]:
    said = subprocess.run(PS, capture_output=True, text=True, check=True).stdout
    for line in said.splitlines():
        pid, parent, group, letter, started = line.split(maxsplit=4)
        yield Process(int(pid), int(parent), int(group), letter[0], started)
