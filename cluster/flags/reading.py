"""What is switched off, as this process knows it: a look-up in memory, renewed each second by the node."""

from __future__ import annotations

from threading import Lock

from django.db import Error as DatabaseProblem

from cluster.flags.registry import Flag
from cluster.models import FlagState


class Snapshot:
    """The names of the flags that are off; read from the database at the first question."""

    def __init__(self, off: frozenset[str] | None = None) -> None:
        self._off = off
        self._reading = Lock()

    def is_off(self, name: str) -> bool:
        """Say whether a flag is off, as far as we know; with the database away all stays as it was."""
        if self._off is None:
            with self._reading:
                if self._off is None:
                    self.refresh()
        return name in (self._off or ())

    def refresh(self) -> None:
        """Read the flags anew."""
        try:
            rows = FlagState.objects.filter(on=False).values_list("name", flat=True)
            self._off = frozenset(rows)
        except DatabaseProblem:
            if self._off is not None:
                return
            raise


_snapshot = Snapshot()


def is_on(flag: Flag) -> bool:
    """Say whether the flag is on here and now."""
    return not _snapshot.is_off(flag.name)


def refresh() -> None:
    """Read the flags anew; the node calls it each second. With the database away nothing changes."""
    _snapshot.refresh()
