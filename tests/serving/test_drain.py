"""A node that stops cuts nobody off; one that is drained by an order stays."""

from __future__ import annotations

import signal
import time

import httpx
import pytest

from cluster import control, leader
from cluster.models import NodeStatus
from requests_app.models import GuestRequest
from tests import cast
from tests.cast import Hotel
from tests.journeys.house import House
from tests.live.lines import until
from tests.serving.conftest import Open
from tests.serving.talking import Desk, SlowCall, held, line, name_of, ready, row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

REFUSED = "NODE_DRAINING 1 close"


def stop(house: House, number: signal.Signals = signal.SIGTERM) -> None:
    assert house.process is not None
    house.process.send_signal(number)


def ended(house: House, seconds: float = 15) -> int:
    assert house.process is not None
    return house.process.wait(seconds)


@pytest.mark.parametrize("role", ["all", "web"])
def test_no_call_fails_while_a_node_stops(open_nodes: Open, hotel: Hotel, role: str) -> None:
    leaving, other = open_nodes(role, "web", DRAIN_GRACE="1200", DB_LOCK_TIMEOUT="20000")
    hoa = cast.bearer(hotel.hoa)
    slow = leaving.post("slow", hoa)["id"]
    until(lambda: leader.standing().leader in (name_of(leaving), name_of(other)))
    with Desk(leaving, other, hotel) as desk:
        until(lambda: desk.outcomes["created"] > 20)
        with held(slow):
            call = SlowCall(leaving, hoa, slow)
            stop(leaving)
            until(lambda: ready(leaving).json().get("reason") == "draining", 5)
            until(lambda: row(leaving).status == NodeStatus.DRAINING, 5)
            until(lambda: leader.standing().leader == name_of(other), 5)
            until(lambda: desk.outcomes[REFUSED] > 3, 10)
        assert call.join() is not None
        assert call.answer is not None
        assert call.answer.status_code == 200
        assert ended(leaving) == 0
        before = desk.outcomes["created"]
        until(lambda: desk.outcomes["created"] > before + 10)
    assert set(desk.outcomes) <= {"created", REFUSED, "nobody there"}, desk.outcomes
    assert GuestRequest.objects.count() == desk.outcomes["created"] + 1
    assert row(leaving).status == NodeStatus.LEFT


def test_a_live_node_asks_its_sockets_to_come_back(open_nodes: Open, hotel: Hotel) -> None:
    (node,) = open_nodes("live", DRAIN_GRACE="400")
    with line(node, hotel) as one, line(node, hotel) as two:
        one.wait_for("hello")
        two.wait_for("hello")
        began = time.monotonic()
        stop(node)
        for code, bye in (one.closed(), two.closed()):
            assert code == 1012
            assert bye is not None
            assert (bye["reason"], bye["reconnect"]) == ("drain", True)
        assert time.monotonic() - began >= 0.4
    assert ended(node) == 0
    assert row(node).status == NodeStatus.LEFT


def test_an_order_takes_a_node_out_of_service_and_back(open_nodes: Open, hotel: Hotel) -> None:
    (node,) = open_nodes("all")
    until(lambda: leader.standing().leader == name_of(node))
    with line(node, hotel) as before:
        before.wait_for("hello")
        assert ordered("drain", node) == "drains"
        assert before.closed()[0] == 1012
    assert ready(node).status_code == httpx.get(f"{node.address}/health").status_code == 503
    until(lambda: row(node).status == NodeStatus.DRAINING)
    until(lambda: leader.standing().leader is None)
    assert node.post("still answered", cast.bearer(hotel.hoa))
    with line(node, hotel) as turned:
        assert turned.closed()[0] == 1012
    assert ordered("drain", node) == "drains already"
    assert ordered("undrain", node) == "serves again"
    assert ready(node).status_code == 200
    until(lambda: leader.standing().leader == name_of(node))
    assert row(node).status == NodeStatus.UP
    with line(node, hotel) as after:
        after.wait_for("hello")
    assert ordered("undrain", node) == "was not draining"


def ordered(name: str, node: House) -> str:
    outcome = control.wait(control.send(name, {}, by="tests", to=[name_of(node)]), 5)
    assert outcome.exit_code == 0, outcome
    return outcome.confirmed[name_of(node)]


def test_what_never_ends_is_cut_in_the_end(open_nodes: Open, hotel: Hotel) -> None:
    nodes = open_nodes("web", "all", DRAIN_TIMEOUT="600", DB_LOCK_TIMEOUT="30000")
    hoa = cast.bearer(hotel.hoa)
    for node in nodes:
        stuck = node.post("stuck", hoa)["id"]
        with held(stuck):
            SlowCall(node, hoa, stuck)
            stop(node)
            assert ended(node, 8) == 1
            assert row(node).status == NodeStatus.LEFT


def test_the_second_signal_means_now(open_nodes: Open, hotel: Hotel) -> None:
    nodes = open_nodes("web", "live", DRAIN_GRACE="60000")
    for node in nodes:
        stop(node)
        until(lambda node=node: ready(node).status_code == 503)
        stop(node)
        assert ended(node, 8) == 128 + signal.SIGTERM
        assert row(node).status == NodeStatus.LEFT


def test_ctrl_c_waits_for_no_balancer(open_nodes: Open) -> None:
    nodes = open_nodes("web", "all", DRAIN_GRACE="60000")
    for node in nodes:
        began = time.monotonic()
        stop(node, signal.SIGINT)
        assert ended(node, 8) == 0
        assert time.monotonic() - began < 5
