"""The jobs of this layer."""

from __future__ import annotations

from cluster import backups, gauges, nodes, once
from cluster.jobs.registry import register
from cluster.jobs.retention import drop_old_frames
from cluster.leader import leader_work
from cluster.leader.telling import tell_takeover


def register_all() -> None:
    """Register them; called once when the app is ready."""
    register("event-retention", 60, drop_old_frames)
    register("idempotency-records", 60, forget_idempotency_records)
    register("nodes", 60, forget_nodes)
    register("takeover", 60, tell_takeover)
    register("backup-age", 60, lambda _: gauges.backup_age.look(backups.last))


def forget_idempotency_records(term: int) -> None:
    """Delete the records nobody may refer to any more, some at a time."""
    while once.has_old():
        with leader_work(term):
            once.forget_old()


def forget_nodes(term: int) -> None:
    """Delete the rows of nodes that are shown no more."""
    if nodes.gone().exists():
        with leader_work(term):
            nodes.forget_gone()
