"""What happened on the control stream lately, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cluster import flags
from cluster.control.orders import GIVEN
from cluster.flags import SWITCHED
from cluster.leader.telling import CHANGED
from cluster.models import CONTROL_STREAM, CommandAck, Event

LOOKED_THROUGH = 100


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One line: what, when, and what came of it."""

    seq: int
    name: str
    at: datetime
    words: str
    outcome: str = ""


def recent_news(limit: int) -> list[NewsItem]:
    """Return the newest news an operator may want, newest first."""
    rows = Event.objects.filter(stream=CONTROL_STREAM).only("seq", "at", "name", "change").order_by("-seq")
    told = [row for row in rows[:LOOKED_THROUGH] if row.name in WORDS][:limit]
    answered = _answered([row.change["order"] for row in told if row.name == GIVEN])
    return [
        NewsItem(
            seq=row.seq,
            name=row.name,
            at=row.at,
            words=WORDS[row.name](row.change),
            outcome=answered.get(row.change.get("order", ""), ""),
        )
        for row in told
    ]


def _order_words(change: dict[str, Any]) -> str:
    arguments = " ".join(f"{name}={value}" for name, value in change["arguments"].items())
    whom = ", ".join(change["to"]) if change["to"] else "all nodes"
    return f"{change['by']} ordered {' '.join(filter(None, (change['command'], arguments)))} of {whom}"


def _takeover_words(change: dict[str, Any]) -> str:
    return f"{change['leader']} leads (term {change['term']})"


def _switch_words(change: dict[str, Any]) -> str:
    who = change["by"].get("name") or change["by"].get("username") or "somebody"
    return f"{who} switched {change['name']} {flags.in_words(change)}"


WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    GIVEN: _order_words,
    CHANGED: _takeover_words,
    SWITCHED: _switch_words,
}


def register(name: str, in_words: Callable[[dict[str, Any]], str]) -> None:
    """Let an app's event of the control stream be among the news."""
    WORDS[name] = in_words


def _answered(orders: list[str]) -> dict[str, str]:
    """Return who did what was ordered, by order."""
    done: dict[str, list[str]] = {}
    for row in CommandAck.objects.filter(order__in=orders).order_by("instance_id"):
        done.setdefault(row.order, []).append(
            row.instance_id if row.ok else f"{row.instance_id} failed ({row.detail})"
        )
    return {order: f"done by {', '.join(names)}" for order, names in done.items()}
