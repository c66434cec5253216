"""How the cluster is, for whoever asks: a door, a page, a command."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

from cluster import bus, cache, coordination, health, identity, leader, nodes, pulse, reports, timings
from cluster.health import Word
from cluster.nodes import NodeState, Seen

CLUSTER, SINGLE_NODE = "cluster", "single-node"
CHANNEL_LAYER = "channelLayer"

Shown = dict[str, object]


def mode() -> str:
    """Return what this installation is: more nodes need PostgreSQL and Redis, though Redis may be away."""
    return CLUSTER if settings.REDIS_URL and connection.vendor == "postgresql" else SINGLE_NODE


def reasons() -> list[str]:
    """Return why the service is not at its best, by what this node sees; empty when it is."""
    found = {
        name: finding.reason
        for name, finding in health.check_all().items()
        if finding.word is not Word.HEALTHY
    }
    if bus.state() == "down" and not coordination.is_alone():
        found.setdefault(CHANNEL_LAYER, "the bus hears no echo of its own bell")
    if missing := _missing_nodes():
        found["nodes"] = missing
    return [f"{name}: {reason}" for name, reason in found.items()]


def _missing_nodes() -> str:
    """Say how many nodes live where TOTAL_NODES expects more."""
    if settings.TOTAL_NODES is None:
        return ""
    living = sum(it.state is not NodeState.DOWN for it in nodes.seen())
    return f"{living} of {settings.TOTAL_NODES} live (TOTAL_NODES)" if living < settings.TOTAL_NODES else ""


def instance_info() -> Shown:
    """Return who this process is, and how it does."""
    return {
        "instanceId": identity.instance_id(),
        "clusterInfo": {
            "nodeId": identity.instance_id(),
            "totalNodes": sum(it.state is not NodeState.DOWN for it in nodes.seen()),
            "isLeader": pulse.leads(),
            "mode": mode(),
        },
        "performanceMetrics": {
            "monitoring": timings.is_recording(),
            "operations": timings.snapshot(),
            "cacheStats": cache.statistics(),
        },
        "version": identity.VERSION,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "startedAt": identity.STARTED_AT,
        "uptimeSeconds": round((datetime.now(UTC) - identity.STARTED_AT).total_seconds(), 3),
        "connections": pulse.open_sockets(),
    }


def cluster_status() -> Shown:
    """Return who is there, who leads, and what is wrong."""
    standing, why = leader.standing(), reasons()
    said = reports.of_all("coordination")
    alone = {name for name, figures in said.items() if figures.get("coordination", {}).get("alone")}
    return {
        "mode": mode(),
        "degraded": bool(why),
        "reasons": why,
        "leader": standing.leader,
        "term": standing.term,
        "nodes": [shown_node(it, alone=it.node.instance_id in alone) for it in nodes.seen()],
    }


def shown_node(seen: Seen, *, alone: bool = False) -> Shown:
    """Return a node as it is shown; one that works alone says so in its reports."""
    node = seen.node
    return {
        "instanceId": node.instance_id,
        "host": node.host,
        "version": node.version,
        "role": node.role,
        "status": seen.state,
        "startedAt": node.started_at,
        "lastHeartbeat": node.last_heartbeat,
        "connections": node.connections,
        "load": node.load,
        "alone": alone,
    }
