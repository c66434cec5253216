"""The pid files of a local cluster: which process each part is, and what it said of itself."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from cluster.local import wait
from cluster.local.plan import Refused
from cluster.local.vitals import State, Table, state_of

PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Running:
    """What is known of a part that was started and not stopped."""

    pid: int
    started: str
    version: str

    def state(self, known: Table) -> State:
        """Return whether that very process still runs."""
        return state_of(self.pid, self.started, known)


def path(folder: Path, name: str) -> Path:
    """Return where a part's pid file is."""
    return folder / "pids" / f"{name}.json"


def write(folder: Path, name: str, running: Running) -> None:
    """Remember a part's process."""
    place = path(folder, name)
    place.parent.mkdir(exist_ok=True)
    draft = place.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(running)))
    draft.replace(place)


def read(folder: Path, name: str) -> Running | None:
    """Return a part's process; None for one that was stopped or never started."""
    try:
        return Running(**json.loads(path(folder, name).read_text()))
    except FileNotFoundError:
        return None


def forget(folder: Path, name: str) -> None:
    """Forget a part that was stopped."""
    path(folder, name).unlink(missing_ok=True)


@contextmanager
def alone(folder: Path, what: str) -> Iterator[None]:
    """Hold a lock of the cluster's folder, so that two commands do not do the same thing at once."""
    place = folder / "locks" / what
    place.parent.mkdir(exist_ok=True)
    with place.open("w") as lock:
        if not wait.until(lambda: _taken(lock.fileno()), PATIENCE):
            raise Refused(f"Another command is at work on {what}; try again when it is done.")
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
