"""Who is in the cluster: heartbeats, silence, names, other lives."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import OperationalError, connections

from cluster import cache, nodes, pulse
from cluster.clock import DatabaseNow
from cluster.models import LeaderLease, Node, NodeRole, NodeStatus
from cluster.nodes import Life, NameTaken
from cluster.pulse import Pulse
from tests.live.lines import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def life() -> Life:
    entered = Life(NodeRole.ALL, "web-1")
    assert nodes.claim(entered)
    return entered


@pytest.fixture
def own_pulse(settings: Any) -> Iterator[Pulse]:
    """This process as a node, with little patience."""
    started = Pulse(NodeRole.ALL)
    started.start()
    yield started
    started.stop()


def silent_for(seconds: float) -> None:
    Node.objects.update(last_heartbeat=DatabaseNow() - timedelta(seconds=seconds))


def states() -> dict[str, str]:
    return {it.node.instance_id: it.state.value for it in nodes.seen()}


def test_it_works(life: Life) -> None:
    assert states() == {"web-1": "up"}
    before = Node.objects.get()
    assert nodes.beat(life, connections=3, load=0.5)
    after = Node.objects.get()
    assert after.last_heartbeat > before.last_heartbeat
    assert (after.connections, after.load, after.started_at) == (3, 0.5, before.started_at)


@pytest.mark.parametrize(
    ("seconds", "state"), [(1.5, "up"), (2.1, "suspect"), (3.6, "down"), (590, "down"), (601, None)]
)
def test_silence(life: Life, seconds: float, state: str | None) -> None:
    silent_for(seconds)
    assert states().get("web-1") == state


def test_a_draining_node_says_so(life: Life) -> None:
    Node.objects.update(status=NodeStatus.DRAINING)
    assert states() == {"web-1": "draining"}


def test_one_that_left_is_not_shown(life: Life) -> None:
    nodes.leave(life)
    assert states() == {}
    assert not nodes.beat(life, connections=0, load=0)
    assert nodes.claim(Life(NodeRole.ALL, "web-1"))


def test_a_lost_one_beats_no_more(life: Life) -> None:
    silent_for(4)
    assert not nodes.beat(life, connections=0, load=0)
    assert states() == {"web-1": "down"}


def test_a_living_name_is_refused(life: Life) -> None:
    stopped = Event()

    def live_on() -> None:
        while not stopped.wait(0.2):
            nodes.beat(life, connections=0, load=0)
        connections.close_all()

    other = Thread(target=live_on)
    other.start()
    try:
        with pytest.raises(NameTaken, match=r"'web-1' is taken: process \d+ on .* Set INSTANCE_ID"):
            nodes.take(Life(NodeRole.ALL, "web-1"), Event())
    finally:
        stopped.set()
        other.join()
    assert Node.objects.get().boot == life.boot


def test_a_dead_ones_name_is_free_once_it_counts_as_lost(life: Life) -> None:
    silent_for(3)
    successor = Life(NodeRole.ALL, "web-1")
    nodes.take(successor, Event())
    assert Node.objects.get().boot == successor.boot


def test_a_process_is_a_node_until_it_stops(own_pulse: Pulse) -> None:
    first = Node.objects.get()
    assert first.status == "up"
    until(lambda: Node.objects.get().last_heartbeat > first.last_heartbeat)
    until(lambda: own_pulse.lease.term == 1)
    own_pulse.stop()
    assert Node.objects.get().status == "left"
    assert LeaderLease.objects.filter(expires_at__lte=DatabaseNow()).exists()


def test_one_that_was_lost_comes_back_as_another_life(own_pulse: Pulse) -> None:
    first, since = Node.objects.values_list("boot", "started_at").get()
    cache.near.put("question", "e1:1", cache.Kept((b"answer",), 4e9), most=9, most_bytes=9_999)
    silent_for(4)
    until(lambda: Node.objects.get().boot != first)
    assert set(states().values()) == {"up"}
    assert abs(Node.objects.get().started_at - since) < timedelta(seconds=1)  # the process is the same
    # What it remembered may have come to nothing while it was away.
    until(lambda: len(cache.near) == 0)


def test_a_wedged_server_stops_its_own_heartbeat(own_pulse: Pulse, monkeypatch: Any) -> None:
    monkeypatch.setattr(pulse, "LOOP_PATIENCE_SECONDS", 0.2)
    loop, wedge = asyncio.new_event_loop(), Event()
    server = Thread(target=loop.run_forever)
    server.start()
    try:
        own_pulse.watch(loop)
        loop.call_soon_threadsafe(wedge.wait)
        until(lambda: set(states().values()) == {"down"})
        wedge.set()
        until(lambda: set(states().values()) == {"up"})
    finally:
        wedge.set()
        loop.call_soon_threadsafe(loop.stop)
        server.join()
        loop.close()


def test_a_node_that_started_without_its_database_comes_in_later(monkeypatch: Any) -> None:
    def away(*_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(nodes, "take", away)
    late = Pulse(NodeRole.ALL)
    late.start()
    try:
        until(lambda: set(states().values()) == {"up"})
    finally:
        late.stop()


def test_commands_are_no_nodes() -> None:
    assert pulse._pulse is None
    assert not pulse.leads()
