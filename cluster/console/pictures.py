"""A look at the cluster, drawn."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cluster.console.screen import Fitting, add, moment, table
from cluster.overview import NodeView, Overview

NODE_COLUMNS = (
    *("node", "state", "role", "leads", "heartbeat", "sockets", "load"),
    *("redis", "cache", "version", "host", "pid"),
)
EXPENDABLE = ("pid", "host", "cache", "role", "redis", "load", "sockets", "heartbeat")
"""What a narrow terminal goes without, first to last; `--json` has all."""


def whole(seen: Overview, *, watched: bool) -> RenderableType:
    """Return all of it: the head, what is wrong, the nodes, the news."""
    parts: list[RenderableType] = [head(seen), *complaints(seen), Text(), nodes(seen, watched=watched)]
    if seen.news:
        parts += [Text(), news(seen, watched=watched)]
    return Group(*parts)


def head(seen: Overview) -> Text:
    """Return the sentence at the top."""
    state, colour = ("all is well", "green") if seen.is_well else ("look here", "yellow")
    if seen.degraded:
        state = "degraded"
    leads = f"{seen.leader} leads (term {seen.term})" if seen.leader else "nobody leads"
    count = f"{len(seen.alive)} of {len(seen.nodes)} nodes here"
    said = Text(f"{seen.mode}, ")
    said.append(state, style=colour)
    return said.append(f" · {count} · {leads} · {seen.sockets} sockets · {moment(seen.at)}")


def complaints(seen: Overview) -> list[Text]:
    """Return why it is degraded, and who says so."""
    return [
        Text(f"  {reason} ({', '.join(names)})", style="yellow") for reason, names in seen.reasons.items()
    ]


def nodes(seen: Overview, *, watched: bool) -> RenderableType:
    """Return the nodes as a table."""
    if not seen.nodes:
        return Text("Nobody is there: no process serves on this database.")
    return Fitting(NODE_COLUMNS, [_cells(node) for node in seen.nodes], EXPENDABLE, watched=watched)


def news(seen: Overview, *, watched: bool) -> Table:
    """Return what happened lately."""
    drawn = table("at", "what", "outcome", watched=watched)
    for item in seen.news:
        add(drawn, (moment(item.at), item.words, item.outcome))
    return drawn


def _cells(node: NodeView) -> tuple[object, ...]:
    hits = node.hit_percent
    return (
        node.instance_id,
        node.state,
        node.role,
        "leads" if node.leads else "",
        f"{node.heartbeat_age:.1f} s ago",
        node.sockets,
        f"{node.load_percent} %",
        " ".join(filter(None, (node.bus, node.breaker))) or "-",
        "-" if hits is None else f"{hits} %",
        node.version,
        node.host,
        node.pid,
    )
