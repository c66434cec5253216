"""Flags of a test end with it: the processes' memory outlives the database's rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cluster import flags
from cluster.flags import Flag, reading

Switch = Callable[..., None]
OPERATOR = {"kind": "operator", "name": "root"}


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process know nothing of flags before the test, and forget the test's after it."""
    monkeypatch.setattr(reading, "_snapshot", reading.Snapshot())


@pytest.fixture
def switch(fresh: None) -> Switch:
    """Switch a flag: ``switch(flag, 0)``, ``switch(flag, 25, "role:manager")``."""

    def switched(flag: Flag, percent: int, only: str = "") -> None:
        flags.switch_to(flag.name, percent, by=OPERATOR, only=only)

    return switched
