"""A whole cluster going to another release: node by node, each through the same gate.

Only the database is needed. One node leaves, comes back with the other release and is up before the
next one is asked; the first that does not come back ends the walk, and the rest go on serving.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.migrations.recorder import MigrationRecorder

from cluster import control, flags, identity, leader, nodes
from cluster.models import Node, ReleaseSeen
from cluster.nodes import LOST, NodeState
from cluster.releases import departures, discipline, history
from cluster.releases.going import COMMAND, RUNS

LOOK_AGAIN_SECONDS = 0.2
UNTOUCHED = "The nodes after it were not touched."


class Refused(Exception):
    """The walk may not begin; nothing was changed."""


class Stopped(Exception):
    """A node can not go, or did not come back; the sentence says how far things went."""


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
    """Return the release to go back to. Raises Refused when there is none.

    Half-way between two, that is the older of those that run; the one that runs, when a node died in a
    newer one; else the last older one that ran. Never a newer one: whoever says it twice is not taken
    forward again.
    """
    running = {it.node.version for it in _alive()}
    if len(running) > 1:
        return min(running, key=history.order)
    here = max(running, default=identity.VERSION, key=history.order)
    began = dict(ReleaseSeen.objects.values_list("version", "started_at"))
    if running and any(history.order(it) > history.order(here) for it in _tried_since(here, began)):
        return here
    older = [it for it in began if history.order(it) < history.order(here)]
    if not older:
        raise Refused(f"No release older than {here} has run on this database. Name one by --to.")
    return max(older, key=lambda version: began[version])


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
    """Return the nodes to go, by name, the leader last: the lease changes hands once. Raises Refused.

    Who is silent is waited for until it is known whether it lives: the dead are passed over.
    """
    deadline = time.monotonic() + LOST.total_seconds()
    while _suspects() and time.monotonic() < deadline:
        time.sleep(LOOK_AGAIN_SECONDS)
    alive = _alive()
    if not alive:
        raise Refused("No node is up.")
    first = leader.standing().leader
    return sorted((it.node.instance_id for it in alive), key=lambda name: (name == first, name))


def passed_over() -> Iterator[Step]:
    """Yield the nodes that are down, which nobody could ask."""
    for it in nodes.seen():
        if it.state is NodeState.DOWN:
            name, host = it.node.instance_id, it.node.host
            yield Step(
                name, f"is down and was passed over; started again it runs what `current` names on {host}"
            )


def preview(release: str, march: list[str], *, by: str, gate: Gate) -> Iterator[Step]:
    """Ask every node whether it could go, and yield what each said. Raises Stopped when one could not."""
    outcome = control.wait(control.send(COMMAND, {"to": release, "look": True}, by=by, to=march), gate.answer)
    for name, said in sorted({**outcome.confirmed, **outcome.failed}.items()):
        yield Step(name, said)
    if outcome.exit_code:
        unable = [*sorted(outcome.failed), *outcome.silent]
        raise Stopped(f"{', '.join(unable)} could not go to {release}; nothing was changed.")


def walk(release: str, march: list[str], *, by: str, gate: Gate) -> Iterator[Step]:
    """Take each node to the release, yielding what was done. Raises Stopped at the first that fails.

    Last come the nodes that left for another release before and never were back: `current` on their machines
    names this one now, and whoever supervises them starts them anew.
    """
    awaited = departures.departed()
    build = release
    for name in march:
        was = Node.objects.get(pk=name)
        if was.version == release:
            yield Step(name, f"is asked to stay with {release}")
        else:
            yield Step(name, f"is asked to go from {was.version} to {release}")
        said = _ask(name, release, by=by, gate=gate)
        build = said.rpartition(" ")[2]
        if not said.startswith(RUNS):
            _until(partial(_is_back, name, was.boot, build), gate.back, name, build)
            time.sleep(gate.settle)
        yield Step(name, f"is up with {build}")
    for name, departure in awaited.items():
        if name in march:
            continue
        yield Step(name, f"left for {departure.build} and is awaited with {build}")
        _until(
            partial(_is_back, name, departure.boot, build),
            gate.back,
            name,
            build,
            after="Every other node runs it.",
        )
        yield Step(name, f"is up with {build}")


def _ask(name: str, release: str, *, by: str, gate: Gate) -> str:
    outcome = control.wait(control.send(COMMAND, {"to": release}, by=by, to=[name]), gate.answer)
    if outcome.failed:
        raise Stopped(f"{name}: {outcome.failed[name]}. {UNTOUCHED}")
    if outcome.exit_code:
        raise Stopped(f"{name} did not answer within {gate.answer:.0f} s. {UNTOUCHED}")
    return outcome.confirmed[name]


def _is_back(name: str, boot: str, build: str) -> bool:
    found = [it for it in nodes.seen() if it.node.instance_id == name]
    return any(it.state is NodeState.UP and it.node.boot != boot and it.node.version == build for it in found)


def _until(
    done: Callable[[], bool], seconds: float, name: str, release: str, *, after: str = UNTOUCHED
) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() >= deadline:
            raise Stopped(f"{name} did not come back with {release} within {seconds:.0f} s. {after}")
        time.sleep(LOOK_AGAIN_SECONDS)


def _tried_since(here: str, began: Mapping[str, datetime]) -> Iterator[str]:
    """Yield the builds that nodes went to, and those that began a life after the last life with ``here``."""
    yield from (it.build for it in departures.departed().values())
    yield from (build for build, moment in began.items() if moment > began.get(here, moment))


def _suspects() -> bool:
    return any(it.state is NodeState.SUSPECT for it in nodes.seen())


def _alive() -> list[nodes.Seen]:
    return [it for it in nodes.seen() if it.state is not NodeState.DOWN]
