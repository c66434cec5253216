"""Who is there, who leads, what is wrong by whose account, and what was ordered lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from cluster import leader, nodes, reports, status
from cluster.clock import database_time
from cluster.nodes import NodeState, Seen
from cluster.overview.news import NewsItem, recent_news
from cluster.releases import departures

Figures = Mapping[str, Any]
NEWS_SHOWN = 8
"""How many pieces of news one look brings."""


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node as the others see it, with what it last said of itself."""

    instance_id: str
    state: str
    role: str
    leads: bool
    host: str
    pid: int
    version: str
    started_at: datetime
    heartbeat_age: float
    sockets: int
    load: float
    bus: str
    breaker: str
    hit_rate: float | None
    reasons: list[str]

    @property
    def is_alive(self) -> bool:
        """Say whether it is there at all."""
        return self.state != NodeState.DOWN

    @property
    def load_percent(self) -> int:
        """Return the share of a core it uses, in per cent."""
        return round(self.load * 100)

    @property
    def hit_percent(self) -> int | None:
        """Return the share of reads its cache answered, in per cent."""
        return None if self.hit_rate is None else round(self.hit_rate * 100)


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it, at one moment."""

    at: datetime
    mode: str
    leader: str | None
    term: int
    nodes: list[NodeView]
    news: list[NewsItem]
    reasons: dict[str, list[str]] = field(default_factory=dict)
    """Why the service is not at its best, each with the nodes that say so."""

    @property
    def alive(self) -> list[NodeView]:
        """Return those that are there."""
        return [node for node in self.nodes if node.is_alive]

    @property
    def degraded(self) -> bool:
        """Say whether any node has something to complain of."""
        return bool(self.reasons)

    @property
    def sockets(self) -> int:
        """Return how many sockets there are on living nodes."""
        return sum(node.sockets for node in self.alive)

    @property
    def is_well(self) -> bool:
        """Say whether nothing asks for an operator."""
        calm = (NodeState.UP, NodeState.DRAINING)
        return not self.degraded and self.leader is not None and all(it.state in calm for it in self.nodes)

    def as_json(self) -> dict[str, Any]:
        """Return what a machine reads."""
        return {
            "at": self.at,
            "mode": self.mode,
            "degraded": self.degraded,
            "reasons": self.reasons,
            "leader": self.leader,
            "term": self.term,
            "sockets": self.sockets,
            "nodes": [_camel(asdict(node)) for node in self.nodes],
            "news": [_camel(asdict(item)) for item in self.news],
        }


def look() -> Overview:
    """Look at the cluster now. Raises DatabaseError."""
    standing, now, said = (
        leader.standing(),
        database_time(),
        reports.of_all("bus", "cache", "reasons"),
    )
    views = [_view(it, now, said.get(it.node.instance_id, {}), standing.leader) for it in nodes.seen()]
    return Overview(
        at=now,
        mode=status.mode(),
        leader=standing.leader,
        term=standing.term,
        nodes=views,
        news=recent_news(NEWS_SHOWN),
        reasons=_by_reason(views) | _gone_for_a_release(),
    )


def _view(seen: Seen, now: datetime, said: Figures, leading: str | None) -> NodeView:
    node, cache = seen.node, said.get("cache", {})
    return NodeView(
        instance_id=node.instance_id,
        state=seen.state.value,
        role=node.role,
        leads=node.instance_id == leading,
        host=node.host,
        pid=node.pid,
        version=node.version,
        started_at=node.started_at,
        heartbeat_age=round(max(0.0, (now - node.last_heartbeat).total_seconds()), 1),
        sockets=node.connections,
        load=node.load,
        bus=said.get("bus", {}).get("state", ""),
        breaker=cache.get("redis", ""),
        hit_rate=cache["hitRate"] if cache.get("hits") or cache.get("misses") else None,
        reasons=list(said.get("reasons", ())),
    )


def _by_reason(views: list[NodeView]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for view in views:
        for reason in view.reasons if view.is_alive else ():
            found[reason].append(view.instance_id)
    return dict(found)


def _gone_for_a_release() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, departure in departures.departed().items():
        found[f"left for release {departure.build} and is not back"].append(name)
    return dict(found)


def _camel(said: dict[str, Any]) -> dict[str, Any]:
    parts = {name: name.split("_") for name in said}
    return {first + "".join(map(str.title, rest)): said[name] for name, (first, *rest) in parts.items()}
