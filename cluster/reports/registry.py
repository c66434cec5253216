"""Who provides which figures."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

logger = logging.getLogger("bellhop.reports")

Json = Any
Provide = Callable[[], Json]

_providers: dict[str, Provide] = {}


def register(name: str, provide: Provide) -> None:
    """Declare figures; ``provide`` returns something JSON can say, small, and is called from any thread."""
    if name in _providers:
        raise ValueError(f"registered twice: {name}")
    _providers[name] = provide


def own(*names: str) -> dict[str, Json]:
    """Return this process's figures of this moment, all or those named; what can not be had is left out."""
    found = {}
    for name in names or _providers:
        try:
            found[name] = _providers[name]()
        except Exception as problem:  # noqa: BLE001 - one that fails must not silence the others
            logger.warning("reports.missing", extra={"figures": name, "problem": repr(problem)})
    return found
