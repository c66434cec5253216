"""The flags the apps have declared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that can be switched off. ``since`` is the release that brought it."""

    name: str
    help: str
    since: str


_flags: dict[str, Flag] = {}


def declare(name: str, help: str, *, since: str) -> Flag:  # noqa: A002 - as argparse calls it
    """Declare a flag, once. Raises ValueError for a name that is taken."""
    if name in _flags:
        raise ValueError(f"declared twice: {name}")
    return _flags.setdefault(name, Flag(name, help, since))


def declared() -> list[Flag]:
    """Return all flags, by name."""
    return sorted(_flags.values(), key=lambda flag: flag.name)


def find(name: str) -> Flag | None:
    """Return the flag of that name, if there is one."""
    return _flags.get(name)
