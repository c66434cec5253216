"""The orders a person may give from the page, each asked about first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cluster import control
from cluster.control import Outcome
from cluster.nodes import NodeState
from cluster.overview import Overview

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Button:
    """One order: the word on its button, and what a person should know before."""

    command: str
    word: Words
    warning: Words


BUTTONS = {
    button.command: button
    for button in (
        Button(
            "drain",
            gettext_lazy("Drain"),
            gettext_lazy(
                "The node finishes what it is doing and takes nothing new; its sockets move to other nodes."
            ),
        ),
        Button("undrain", gettext_lazy("Undrain"), gettext_lazy("The node takes work again.")),
        Button(
            "cache-clear",
            gettext_lazy("Clear the cache"),
            gettext_lazy("Reads go to the database until the cache is warm again."),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is about to order; ``node`` empty means all of them."""

    command: str
    node: str

    @property
    def title(self) -> str:
        """Return the question."""
        whom = self.node or _("all nodes")
        return f"{BUTTONS[self.command].word}: {whom}?"

    @property
    def warning(self) -> Words:
        """Return what to know before."""
        return BUTTONS[self.command].warning


def buttons() -> dict[str, Button]:
    """Return the orders that nodes of this release know, by a name templates can say."""
    known = control.registered()
    return {name.replace("-", "_"): button for name, button in BUTTONS.items() if name in known}


def asked_for(said: Mapping[str, str]) -> Asked | None:
    """Return what a form or an address asks for, if there is such an order."""
    command = said.get("command", "")
    return Asked(command, said.get("node", "")) if command in BUTTONS else None


def leaves_nobody(asked: Asked, seen: Overview) -> bool:
    """Say whether nobody of the node's role would serve any more."""
    if asked.command != "drain":
        return False
    roles = {node.role for node in seen.nodes if asked.node in ("", node.instance_id)}
    serving = (NodeState.UP, NodeState.SUSPECT)
    others = {it.role for it in seen.nodes if it.state in serving and asked.node not in ("", it.instance_id)}
    return not roles <= others


def told(outcome: Outcome) -> Iterator[tuple[int, str]]:
    """Yield what came of an order, as messages."""
    name = outcome.order.name
    for node, detail in outcome.confirmed.items():
        yield messages.SUCCESS, f"{name}: {node}: {detail}"
    for node, detail in outcome.failed.items():
        yield messages.ERROR, f"{name}: {node}: {detail}"
    for node in outcome.silent:
        yield messages.WARNING, f"{name}: {node}: {_('no answer in time')}"
    if not outcome.order.expected:
        yield messages.WARNING, f"{name}: {_('nobody is there')}"
