"""What changed between two looks, a line each: for whoever reads along."""

from __future__ import annotations

from collections.abc import Iterator

from cluster.leader.telling import CHANGED
from cluster.overview.look import NodeView, Overview


def differences(before: Overview | None, now: Overview) -> list[str]:
    """Return what an operator would call a change; figures that move all the time are none."""
    if before is None:
        there = ", ".join(f"{node.instance_id} {node.state}" for node in now.nodes) or "nobody"
        leads = f"; {now.leader} leads (term {now.term})" if now.leader else "; nobody leads"
        return [f"there: {there}{leads}", *_reasons({}, now.reasons)]
    return [
        *_nodes({it.instance_id: it for it in before.nodes}, {it.instance_id: it for it in now.nodes}),
        *_leader(before, now),
        *_reasons(before.reasons, now.reasons),
        *_news(before, now),
    ]


def _nodes(before: dict[str, NodeView], now: dict[str, NodeView]) -> Iterator[str]:
    for name in sorted(before.keys() | now.keys()):
        was, is_now = before.get(name), now.get(name)
        if was is None and is_now is not None:
            yield f"{name} is here ({is_now.role}, {is_now.state})"
        elif was is not None and is_now is None:
            yield f"{name} left" if was.is_alive else f"{name} is forgotten"
        elif was is not None and is_now is not None:
            yield from _node(was, is_now)


def _node(was: NodeView, now: NodeView) -> Iterator[str]:
    if was.state != now.state:
        yield f"{now.instance_id} {was.state} → {now.state}"
    elif was.started_at != now.started_at:
        yield f"{now.instance_id} began anew"
    if was.breaker != now.breaker and was.breaker and now.breaker:
        yield f"{now.instance_id} breaker {was.breaker} → {now.breaker}"


def _leader(before: Overview, now: Overview) -> Iterator[str]:
    if (before.leader, before.term) != (now.leader, now.term):
        yield f"leader {before.leader or 'nobody'} → {now.leader or 'nobody'} (term {now.term})"


def _reasons(before: dict[str, list[str]], now: dict[str, list[str]]) -> Iterator[str]:
    for reason in sorted(now.keys() - before.keys()):
        yield f"degraded: {reason} ({', '.join(now[reason])})"
    for reason in sorted(before.keys() - now.keys()):
        yield f"no more: {reason}"


def _news(before: Overview, now: Overview) -> Iterator[str]:
    newest = max((item.seq for item in before.news), default=0)
    for item in reversed(now.news):
        # A change of leader is told above, with whom it was before.
        if item.seq > newest and item.name != CHANGED:
            yield item.words
    outcomes = {item.seq: item.outcome for item in before.news}
    for item in reversed(now.news):
        if item.outcome and item.outcome != outcomes.get(item.seq, ""):
            yield f"{item.words}: {item.outcome}"
