"""What apps want done each turn of the node's pulse, twice a second: short looks at the database."""

from __future__ import annotations

from collections.abc import Callable

_looks: list[Callable[[], None]] = []


def register(look: Callable[[], None]) -> None:
    """Have ``look`` done each turn, in the node's thread; it may raise a database's error."""
    if look not in _looks:
        _looks.append(look)


def do_all() -> None:
    """Do them, in the order they were registered."""
    for look in _looks:
        look()
