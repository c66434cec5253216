"""Orders to nodes: given once, done by each node once, answered; the database alone carries them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Event as Signal
from typing import Any

import pytest

from cluster import bus, control, nodes, pulse
from cluster.clock import DatabaseNow, database_time
from cluster.control import ControlFailed, Order, UnknownNode, commands, executing, own
from cluster.jobs import registered as registered_jobs
from cluster.leader import Lease
from cluster.models import CONTROL_STREAM, CommandAck, Event, Node, NodeReport, NodeRole, StreamHead
from cluster.nodes import Life
from cluster.pulse import Pulse
from tests.live.lines import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def node() -> Iterator[Pulse]:
    """This process as a node."""
    started = Pulse(NodeRole.ALL)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def done(monkeypatch: Any) -> list[dict[str, Any]]:
    """What the command ``note`` was told, each time it ran."""
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(commands, "_commands", dict(commands._commands))

    def note(arguments: dict[str, Any]) -> str:
        heard.append(arguments)
        return f"noted {arguments.get('n', '')}"

    control.register("note", note, help="Remember it.")
    return heard


def name() -> str:
    return Node.objects.get().instance_id


def told(order: Order) -> control.Outcome:
    return control.wait(order, 10)


def test_it_works(node: Pulse, done: list[Any]) -> None:
    outcome = told(control.send("note", {"n": 1}, by="hoa"))
    assert outcome.confirmed == {name(): "noted 1"}
    assert (outcome.failed, outcome.silent, outcome.exit_code) == ({}, (), 0)
    assert done == [{"n": 1}]


def test_it_is_one_event_that_says_who_gave_it(done: list[Any]) -> None:
    order = control.send("note", {"n": 1}, by="hoa")
    event = Event.objects.get(stream=CONTROL_STREAM, name="command:given")
    assert event.change["by"] == "hoa"
    assert (event.change["command"], event.change["arguments"]) == ("note", {"n": 1})
    assert [found.id for found, _ in control.recent(5)] == [order.id]


def test_orders_are_done_in_order_and_once(node: Pulse, done: list[Any]) -> None:
    orders = [control.send("note", {"n": n}, by="hoa") for n in range(12)]
    for order in orders:
        assert told(order).exit_code == 0
    assert [one["n"] for one in done] == list(range(12))
    assert CommandAck.objects.count() == 12


def test_a_new_node_does_no_old_order(done: list[Any]) -> None:
    old = control.send("note", {"n": "old"}, by="hoa")
    started = Pulse(NodeRole.ALL)
    started.start()
    try:
        assert told(control.send("note", {"n": "new"}, by="hoa")).exit_code == 0
    finally:
        started.stop()
    assert done == [{"n": "new"}]
    assert control.answers(old) == {}


def test_another_life_does_not_do_it_again(node: Pulse, done: list[Any]) -> None:
    assert told(control.send("note", {}, by="hoa")).exit_code == 0
    boot = Node.objects.get().boot
    Node.objects.update(last_heartbeat=DatabaseNow() - timedelta(seconds=4))
    until(lambda: Node.objects.get().boot != boot)
    assert told(control.send("note", {}, by="hoa")).exit_code == 0
    assert len(done) == 2
    assert CommandAck.objects.values("boot").distinct().count() == 2


def test_an_order_for_another_is_not_done_here(node: Pulse, done: list[Any]) -> None:
    nodes.claim(Life(NodeRole.WEB, "web-9"))
    order = control.send("note", {}, by="hoa", to=["web-9"])
    outcome = control.wait(order, 1.2)
    assert (outcome.silent, outcome.exit_code) == (("web-9",), 2)
    assert done == []


def test_a_name_nobody_has_is_refused(node: Pulse) -> None:
    with pytest.raises(UnknownNode, match=rf"no node 'web-7'\. These are there: {name()}"):
        control.send("ping", {}, by="hoa", to=["web-7"])
    assert not Event.objects.filter(name="command:given").exists()


def test_one_that_is_down_is_named_as_silent_at_once(node: Pulse, done: list[Any]) -> None:
    nodes.claim(Life(NodeRole.WEB, instance_id="frozen"))
    Node.objects.filter(pk="frozen").update(last_heartbeat=DatabaseNow() - timedelta(seconds=20))
    outcome = control.wait(control.send("note", {}, by="hoa"), 60)
    assert (outcome.exit_code, outcome.silent) == (2, ("frozen",))
    assert len(outcome.confirmed) == 1


def test_nobody_is_there() -> None:
    assert control.wait(control.send("ping", {}, by="hoa"), 5).exit_code == 3


def test_an_unknown_command(node: Pulse) -> None:
    outcome = told(control.send("dance", {}, by="hoa"))
    assert outcome.exit_code == 1
    assert outcome.failed[name()].startswith("this node knows no command 'dance'; it knows: ")
    assert "ping" in outcome.failed[name()]


def test_a_command_that_refuses_and_one_that_breaks(node: Pulse, done: list[Any], caplog: Any) -> None:
    def refuse(_: dict[str, Any]) -> str:
        raise ControlFailed("not today")

    def break_down(_: dict[str, Any]) -> str:
        raise ValueError("the password is 1234")

    control.register("refuse", refuse, help="No.")
    control.register("break", break_down, help="Oh.")
    assert told(control.send("refuse", {}, by="hoa")).failed == {name(): "not today"}
    said = told(control.send("break", {}, by="hoa")).failed[name()]
    assert said.startswith("ValueError; see this node's log")
    assert "1234" not in said
    assert told(control.send("note", {}, by="hoa")).exit_code == 0


def test_a_slow_command_stops_neither_the_heartbeat_nor_the_next_order(
    node: Pulse, done: list[Any], monkeypatch: Any
) -> None:
    monkeypatch.setattr(executing, "PATIENCE_SECONDS", 2.5)
    let_go = Signal()
    control.register("hang", lambda _: str(let_go.wait(30)), help="Wait.")
    hanging = control.send("hang", {}, by="hoa")
    following = control.send("note", {}, by="hoa")
    try:
        before = Node.objects.get().last_heartbeat
        until(lambda: Node.objects.get().last_heartbeat > before + timedelta(seconds=1.5))
        assert done == []
        assert told(hanging).failed[name()].startswith("still busy with it after")
        assert told(following).exit_code == 0
    finally:
        let_go.set()


def test_an_order_that_waited_too_long_is_not_done(done: list[Any]) -> None:
    life = Life(NodeRole.ALL, "web-1")
    late = Order("o1", "note", {}, "hoa", None, database_time() - timedelta(seconds=61), ("web-1",))
    executing.answer(late, life)
    assert control.answers(late)["web-1"] == control.Ack(
        ok=False, detail="too late: the order is more than 60 s old"
    )
    assert done == []


def test_too_many_orders_are_refused_not_kept(done: list[Any], monkeypatch: Any) -> None:
    monkeypatch.setattr(executing, "MOST_WAITING", 0)
    life = Life(NodeRole.ALL, "web-1")
    order = Order("o1", "note", {}, "hoa", None, database_time(), ("web-1",))
    executing.Executor().take(order, life)
    assert control.answers(order)["web-1"].detail == "too many orders wait on this node"


def test_another_numbering_brings_no_orders(node: Pulse, done: list[Any]) -> None:
    assert told(control.send("note", {"n": 1}, by="hoa")).exit_code == 0
    StreamHead.objects.filter(stream=CONTROL_STREAM).update(epoch="e-restored")
    turns = node._turns
    until(lambda: node._turns > turns + 2)
    assert told(control.send("note", {"n": 2}, by="hoa")).exit_code == 0
    assert [one["n"] for one in done] == [1, 2]


def test_redis_is_not_needed(node: Pulse, done: list[Any], monkeypatch: Any) -> None:
    monkeypatch.setattr(bus, "publish", lambda events: None)
    assert told(control.send("note", {}, by="hoa")).exit_code == 0


def test_ping_and_log_level(node: Pulse) -> None:
    import logging
    import os

    root = logging.getLogger()
    before = root.level
    try:
        assert told(control.send("ping", {}, by="hoa")).confirmed[name()] == f"here, process {os.getpid()}"
        assert told(control.send("log-level", {"level": "debug"}, by="hoa")).exit_code == 0
        assert root.level == logging.DEBUG
        assert told(control.send("log-level", {"level": "default"}, by="hoa")).exit_code == 0
        assert logging.getLevelName(root.level) == own.configured_level()
        refused = told(control.send("log-level", {"level": "loud"}, by="hoa")).failed[name()]
        assert refused == ("level=loud is none of: debug, info, warning, error, critical, default")
    finally:
        root.setLevel(before)


def test_the_leader_forgets_old_orders_and_answers(settings: Any) -> None:
    term = Lease().keep("web-1", "boot")
    assert term
    nodes.claim(Life(NodeRole.ALL, "web-1"))
    order = control.send("ping", {}, by="hoa")
    for one, days in (("old", 30), ("new", 0)):
        CommandAck.objects.create(
            order=order.id, instance_id=one, boot="b", ok=True, at=database_time() - timedelta(days=days)
        )
        NodeReport.objects.create(instance_id=one, boot="b", at=database_time())
    NodeReport.objects.create(instance_id="web-1", boot="b", at=database_time())
    own.forget(term)
    assert list(control.answers(order)) == ["new"]
    assert list(NodeReport.objects.values_list("pk", flat=True)) == ["web-1"]
    assert [found.id for found, _ in control.recent(5)] == [order.id]
    StreamHead.objects.filter(stream=CONTROL_STREAM).update(oldest=1000)
    own.forget(term)
    assert list(control.recent(5)) == []
    assert "control" in {job.name for job in registered_jobs()}


def test_a_command_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice: ping"):
        control.register("ping", lambda _: "", help="")
    assert pulse._pulse is None
