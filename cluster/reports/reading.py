"""The reports of the nodes that are there."""

from __future__ import annotations

from cluster import nodes
from cluster.models import NodeReport
from cluster.nodes import NodeState
from cluster.reports.registry import Json, own

own_boot = ""
"""The life this process reports for, once it has."""


def of_all(*names: str) -> dict[str, dict[str, Json]]:
    """Return each living node's figures, all or those named; one that has not reported yet has none."""
    alive = {it.node.instance_id: it.node.boot for it in nodes.seen() if it.state is not NodeState.DOWN}
    rows = {row.instance_id: row for row in NodeReport.objects.filter(instance_id__in=alive)}
    return {node: _figures(rows.get(node), boot, names) for node, boot in alive.items()}


def of_node(instance_id: str) -> dict[str, Json]:
    """Return what one node reported last, whether it lives or not."""
    row = NodeReport.objects.filter(pk=instance_id).first()
    return dict(row.figures) if row else {}


def _figures(row: NodeReport | None, boot: str, names: tuple[str, ...]) -> dict[str, Json]:
    if boot == own_boot:
        return own(*names)
    if row is None or row.boot != boot:  # a row of an earlier life says nothing of this one
        return {}
    return {name: said for name, said in row.figures.items() if not names or name in names}
