"""What an operator calls a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cluster.control.orders import GIVEN
from cluster.leader.telling import CHANGED
from cluster.overview import NewsItem, NodeView, Overview, differences

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def node(name: str, **more: Any) -> NodeView:
    said: dict[str, Any] = {
        "instance_id": name,
        "state": "up",
        "role": "web",
        "leads": False,
        "host": "h",
        "pid": 1,
        "version": "1",
        "started_at": NOON,
        "heartbeat_age": 0.3,
        "sockets": 0,
        "load": 0.1,
        "bus": "up",
        "breaker": "closed",
        "hit_rate": None,
        "reasons": [],
    }
    return NodeView(**{**said, **more})


CALM = Overview(NOON, "cluster", "web-1", 1, [node("web-1"), node("web-2")], [])


def after(**more: Any) -> list[str]:
    return differences(CALM, replace(CALM, **more))


def test_nothing() -> None:
    busier = [node("web-1", sockets=9, load=0.9, heartbeat_age=0.9), node("web-2")]
    assert after(nodes=busier) == []


def test_the_first_look_says_who_is_there() -> None:
    assert differences(None, CALM) == ["there: web-1 up, web-2 up; web-1 leads (term 1)"]
    empty = replace(CALM, nodes=[], leader=None)
    assert differences(None, empty) == ["there: nobody; nobody leads"]


def test_nodes_come_and_go() -> None:
    changed = [node("web-1", state="down"), node("web-3")]
    assert after(nodes=changed) == ["web-1 up → down", "web-2 left", "web-3 is here (web, up)"]


def test_a_node_begins_anew() -> None:
    anew = node("web-1", started_at=datetime(2026, 11, 23, 13, tzinfo=UTC))
    assert after(nodes=[anew, node("web-2", breaker="open")]) == [
        "web-1 began anew",
        "web-2 breaker closed → open",
    ]


def test_another_leader() -> None:
    told = NewsItem(7, CHANGED, NOON, "web-2 leads (term 2)")
    assert after(leader="web-2", term=2, news=[told]) == ["leader web-1 → web-2 (term 2)"]


def test_what_is_wrong_and_is_so_no_more() -> None:
    ill = {"cache: away": ["web-1"]}
    assert after(reasons=ill) == ["degraded: cache: away (web-1)"]
    assert differences(replace(CALM, reasons=ill), CALM) == ["no more: cache: away"]


def test_an_order_and_what_came_of_it() -> None:
    given = NewsItem(7, GIVEN, NOON, "hoa ordered ping of all nodes")
    done = replace(given, outcome="done by web-1")
    assert after(news=[given]) == ["hoa ordered ping of all nodes"]
    assert differences(replace(CALM, news=[given]), replace(CALM, news=[done])) == [
        "hoa ordered ping of all nodes: done by web-1"
    ]


def test_it_is_well_only_when_nobody_is_needed() -> None:
    assert CALM.is_well
    assert replace(CALM, nodes=[node("web-1"), node("web-2", state="draining")]).is_well
    for ill in (
        {"leader": None},
        {"reasons": {"cache: away": ["web-1"]}},
        {"nodes": [node("web-1"), node("web-2", state="down")]},
    ):
        assert not replace(CALM, **ill).is_well  # type: ignore[arg-type]
