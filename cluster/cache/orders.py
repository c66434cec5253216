"""Forgetting what is kept, on every node at once, and what each node's cache says of itself."""

from __future__ import annotations

from typing import Any

from cluster import control, identity, nodes, reports
from cluster.cache.reading import clear, statistics
from cluster.control import Outcome
from cluster.nodes import NodeState
from cluster.streams import SHOWN, move_version

COMMAND = "cache-clear"
FIGURES = "cache"
WAIT_SECONDS = 5.0


def register_all() -> None:
    """Register the command and the figures; called once when the app is ready."""
    control.register(COMMAND, run, help="Forget every answer that is kept, here and in Redis.")
    reports.register(FIGURES, statistics)


def run(_: dict[str, Any]) -> str:
    """Forget what this node remembers, and leave what is in Redis behind by another generation."""
    move_version(SHOWN)
    return f"forgot {clear()} answers"


def clear_everywhere(by: str) -> dict[str, object]:
    """Have every node forget, and return which confirmed it within five seconds."""
    # A process outside of the cluster, such as one that serves tests, is told by nobody else.
    outside = identity.instance_id() not in _living()
    if outside:
        run({})
    outcome = control.wait(control.send(COMMAND, {}, by=by), WAIT_SECONDS)
    return _shown(outcome, [identity.instance_id()] if outside else [])


def everywhere() -> dict[str, dict[str, Any]]:
    """Return each node's figures, this one's of this moment; a node that said nothing yet has none."""
    found = {name: node.get(FIGURES, {}) for name, node in reports.of_all(FIGURES).items()}
    return found | {identity.instance_id(): statistics()}


def _living() -> set[str]:
    return {it.node.instance_id for it in nodes.seen() if it.state is not NodeState.DOWN}


def _shown(outcome: Outcome, here: list[str]) -> dict[str, object]:
    confirmed = sorted({*outcome.confirmed, *here})
    return {
        "cleared": not (outcome.failed or outcome.silent),
        "confirmed": confirmed,
        "failed": [{"instanceId": name, "reason": why} for name, why in sorted(outcome.failed.items())],
        "silent": sorted(set(outcome.silent) - set(here)),
    }
