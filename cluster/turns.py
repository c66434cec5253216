"""What apps want done each turn of the node's pulse, twice a second: short looks at the database."""

from __future__ import annotations

from collections.abc import Callable

_looks: list[Callable[[], None]] = []
_last: list[Callable[[], object]] = []


def register(look: Callable[[], None]) -> None:
    """Have ``look`` done each turn, in the node's thread; it may raise a database's error."""
    if look not in _looks:
        _looks.append(look)


def register_last(act: Callable[[], object]) -> None:
    """Have ``act`` done once, when the node leaves in good order; it may raise a database's error."""
    if act not in _last:
        _last.append(act)


def do_all() -> None:
    """Do them, in the order they were registered."""
    for look in _looks:
        look()


def do_last() -> None:
    """Do what is left to do before the node is gone."""
    for act in _last:
        act()
