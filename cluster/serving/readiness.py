"""Whether the balancer may send work here."""

from __future__ import annotations

from django.conf import settings

from cluster import flags, identity, nodes, pulse
from cluster.health import Word, check_all, overall
from cluster.nodes import NodeState
from cluster.serving.drain import is_draining

_switches: list[flags.Flag] = []


def switched_by(flag: flags.Flag) -> None:
    """Let a flag leave the work of each role to one node; the app that knows its name says so."""
    _switches.append(flag)


def unreadiness() -> str:
    """Return why this node should be given no work; nothing when it may."""
    if is_draining():
        return "draining"
    if overall(check_all()) is Word.UNHEALTHY:
        return "unhealthy"
    if pulse.is_out():
        return "not-in-cluster"
    return "another-node-serves" if not is_balanced() and _is_spare() else ""


def is_balanced() -> bool:
    """Say whether all nodes share the work; LOAD_BALANCING_ENABLED or a flag leaves it to the first."""
    return settings.LOAD_BALANCING_ENABLED and all(map(flags.is_known_on, _switches))


def _is_spare() -> bool:
    """Say whether another node of our role comes first: by name, of those whose heart beats."""
    here = identity.instance_id()
    seen = {it.node.instance_id: it for it in nodes.seen()}
    if here not in seen:
        return False
    role = seen[here].node.role
    return any(name < here and it.node.role == role and it.state is NodeState.UP for name, it in seen.items())
