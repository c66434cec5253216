"""Giving an order from the shell, and telling what came of it."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.base import OutputWrapper

from cluster import control
from cluster.console import screen
from cluster.control import Outcome


def give(
    name: str,
    arguments: Mapping[str, Any],
    *,
    to: Sequence[str] | None,
    seconds: float,
    output: OutputWrapper,
    as_json: bool,
) -> int:
    """Send the order, wait for the answers, tell them; return the exit code. Raises UnknownNode."""
    outcome = control.wait(control.send(name, arguments, by=whoever(), to=to), seconds)
    tell(outcome, output, as_json=as_json)
    return outcome.exit_code


def whoever() -> str:
    """Return who types, for the log."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        user = "somebody"
    return f"{user}@{socket.gethostname()}"[:100]


def tell(outcome: Outcome, output: OutputWrapper, *, as_json: bool) -> None:
    """Say what each node answered."""
    if as_json:
        output.write(screen.line(shown(outcome)))
        return
    if not outcome.order.expected:
        output.write("Nobody is there: the order was given to no one.")
        return
    drawn = screen.table("node", "done", "detail", watched=output.isatty())
    for node, detail in sorted(outcome.confirmed.items()):
        screen.add(drawn, (node, "yes", detail))
    for node, detail in sorted(outcome.failed.items()):
        screen.add(drawn, (node, "no", detail))
    for node in outcome.silent:
        screen.add(drawn, (node, "silent", "no answer in time, or it is down"))
    screen.console(output).print(drawn)


def shown(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome as a machine reads it."""
    return {
        "order": outcome.order.id,
        "command": outcome.order.name,
        "arguments": outcome.order.arguments,
        "by": outcome.order.by,
        "confirmed": outcome.confirmed,
        "failed": outcome.failed,
        "silent": list(outcome.silent),
        "exitCode": outcome.exit_code,
    }


def pairs(words: Sequence[str]) -> dict[str, str]:
    """Return ``name=value`` words as arguments. Raises ValueError naming the first that is none."""
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise ValueError(f"{word!r} is not name=value")
        found[name] = value
    return found
