"""The commands a node knows, declared beside the code they are about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Run = Callable[[dict[str, Any]], str]
"""Does what the arguments say and returns one line about it; raises ControlFailed."""


class ControlFailed(Exception):
    """A node could not do what it was told; the sentence goes back to whoever told it."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something a node can be told to do."""

    name: str
    run: Run
    help: str


_commands: dict[str, Command] = {}


def register(name: str, run: Run, *, help: str) -> None:  # noqa: A002 - as in argparse
    """Declare a command; ``help`` is one sentence for ``manage.py cluster send --help``."""
    if name in _commands:
        raise ValueError(f"registered twice: {name}")
    _commands[name] = Command(name, run, help)


def registered() -> dict[str, Command]:
    """Return all commands by name."""
    return dict(sorted(_commands.items()))


def obey(name: str, arguments: dict[str, Any]) -> str:
    """Do a command here and now; return what it says. Raises ControlFailed, or whatever it raises."""
    command = _commands.get(name)
    if command is None:
        raise ControlFailed(f"this node knows no command {name!r}; it knows: {', '.join(registered())}")
    return command.run(arguments)
