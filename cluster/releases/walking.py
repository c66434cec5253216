"""A whole cluster going to another release: node by node, each through the same gate.

Only the database is needed. One node leaves, comes back with the other release and is up before the
next one is asked; the first that does not come back ends the walk, and the rest go on serving.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.migrations.recorder import MigrationRecorder

from cluster import control, flags, leader, nodes
from cluster.models import Node, NodeStatus, ReleaseSeen
from cluster.nodes import NodeState
from cluster.releases import discipline, history
from cluster.releases.going import COMMAND

LOOK_AGAIN_SECONDS = 0.2


class Refused(Exception):
    """The walk may not begin; nothing was changed."""


class Stopped(Exception):
    """A node did not come back; those after it were not touched."""


@dataclass(frozen=True, slots=True)
class Gate:
    """How long each step may take, in seconds."""

    answer: float = 35.0
    back: float = 60.0
    settle: float = 3.0
    """A balancer that looks each second has seen the node by then, twice."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something the walk has done, for whoever watches."""

    node: str
    sentence: str


def release_before() -> str:
    """Return the release that ran here before the present one. Raises Refused when there was none."""
    running = {it.node.version for it in _alive()}
    seen = ReleaseSeen.objects.exclude(version__in=running).order_by("-started_at")
    found = seen.values_list("version", flat=True).first()
    if found is None:
        raise Refused("No other release has run on this database, so there is none to go back to.")
    return found


def refuse_below_floor(release: str) -> None:
    """Raise Refused when the schema is no longer one that this release can use, or nobody knows."""
    if not history.is_known(release):
        known = ", ".join(history.RELEASES)
        raise Refused(f"{release} is no release of this house; the releases are {known}.")
    applied = MigrationRecorder.Migration.objects.values_list("app", "name")
    for migration, floor in discipline.floors(applied).items():
        if history.is_older(release, floor):
            raise Refused(
                f"{release} can not use the schema any more: {migration} took away what releases before "
                f"{floor} need. Restore a backup instead."
            )


def flags_newer_than(release: str) -> list[str]:
    """Return the flags of what came after that release and is switched on."""
    return [
        flag.name for flag in flags.declared() if flags.is_on(flag) and history.is_older(release, flag.since)
    ]


def order_of_march() -> list[str]:
    """Return the nodes to go, by name, the leader last: the lease changes hands once. Raises Refused."""
    alive = _alive()
    if not alive:
        raise Refused("No node is up.")
    first = leader.standing().leader
    return sorted((it.node.instance_id for it in alive), key=lambda name: (name == first, name))


def walk(release: str, march: list[str], *, by: str, gate: Gate) -> Iterator[Step]:
    """Take each node to the release, yielding what was done. Raises Stopped at the first that fails."""
    for name in march:
        was = Node.objects.get(pk=name)
        if was.version == release and was.status == NodeStatus.UP:
            yield Step(name, f"runs {release} already")
            continue
        yield Step(name, f"is asked to go from {was.version} to {release}")
        _ask(name, release, by=by, gate=gate)
        _until(lambda name=name, was=was: _is_back(name, was.boot, release), gate.back, name, release)  # type: ignore[misc]
        time.sleep(gate.settle)
        yield Step(name, f"is up with {release}")


def _ask(name: str, release: str, *, by: str, gate: Gate) -> None:
    outcome = control.wait(control.send(COMMAND, {"to": release}, by=by, to=[name]), gate.answer)
    if outcome.failed:
        raise Stopped(f"{name}: {outcome.failed[name]}.")
    if outcome.exit_code:
        raise Stopped(f"{name} did not answer within {gate.answer:.0f} s.")


def _is_back(name: str, boot: str, release: str) -> bool:
    found = [it for it in nodes.seen() if it.node.instance_id == name]
    return any(
        it.state is NodeState.UP and it.node.boot != boot and it.node.version == release for it in found
    )


def _until(done: Callable[[], bool], seconds: float, name: str, release: str) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() >= deadline:
            raise Stopped(f"{name} did not come back with {release} within {seconds:.0f} s.")
        time.sleep(LOOK_AGAIN_SECONDS)


def _alive() -> list[nodes.Seen]:
    return [it for it in nodes.seen() if it.state is not NodeState.DOWN]
