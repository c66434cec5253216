"""One process a name: a second one is refused, a dead one's successor is let in."""

from __future__ import annotations

from threading import Event

from cluster.models import Node, NodeStatus
from cluster.nodes.rows import Life, claim

LOOK_AGAIN_SECONDS = 0.25


class NameTaken(Exception):
    """Another live process has this instance id."""

    def __init__(self, other: Node) -> None:
        super().__init__(
            f"The instance id {other.instance_id!r} is taken: process {other.pid} on {other.host} runs under "
            "it and is alive. Set INSTANCE_ID to a name of this process's own, or stop the other."
        )


def take(life: Life, stopping: Event) -> None:
    """Take the name. Raises NameTaken when its owner is alive.

    After a crash the row looks alive for some seconds: only a heartbeat while we watch proves a
    life, silence lets us in once the owner counts as lost.
    """
    first: Node | None = None
    while not claim(life):
        owner = Node.objects.filter(instance_id=life.instance_id).exclude(status=NodeStatus.LEFT).first()
        if owner is not None:
            first = first or owner
            if (owner.boot, owner.last_heartbeat) != (first.boot, first.last_heartbeat):
                raise NameTaken(owner)
        if stopping.wait(LOOK_AGAIN_SECONDS):
            return
