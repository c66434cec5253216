"""The flags the apps have declared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that can be switched off. ``since`` is the release that brought it.

    It is off wherever one of those it ``needs`` is off. One that is ``of_nodes`` concerns processes,
    not callers: it knows on and off only.
    """

    name: str
    help: str
    since: str
    needs: tuple[Flag, ...] = ()
    of_nodes: bool = False


_flags: dict[str, Flag] = {}


def declare(
    name: str,
    help: str,  # noqa: A002 - as argparse calls it
    *,
    since: str,
    needs: tuple[Flag, ...] = (),
    of_nodes: bool = False,
) -> Flag:
    """Declare a flag, once. Raises ValueError for a name that is taken."""
    if name in _flags:
        raise ValueError(f"declared twice: {name}")
    return _flags.setdefault(name, Flag(name, help, since, needs, of_nodes))


def declared() -> list[Flag]:
    """Return all flags, by name."""
    return sorted(_flags.values(), key=lambda flag: flag.name)


def find(name: str) -> Flag | None:
    """Return the flag of that name, if there is one."""
    return _flags.get(name)
