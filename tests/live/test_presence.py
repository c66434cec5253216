"""Staff see who else is there, on whichever node."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import cast
from tests.cast import Hotel
from tests.live.lines import Line, Node, running

LAN = {"username": "lan", "displayName": "Lan", "role": "front-desk"}
MINH = {"username": "minh", "displayName": "Minh", "role": "housekeeping"}


@pytest.fixture
def other_node(node: Node) -> Iterator[Node]:
    with running(INSTANCE_ID="node-2") as started:
        yield started


def seen(line: Line, *people: dict[str, str]) -> None:
    """Wait until the line shows just these people."""
    while line.wait_for("presence", p="demo-hotel")["online"] != list(people):
        pass


def test_it_works(lan: Line, node: Node, hotel: Hotel) -> None:
    lan.sub("staff")
    seen(lan, LAN)
    with node.open(cast.bearer(hotel.minh)) as minh:
        minh.sub("staff")
        seen(minh, LAN, MINH)
        seen(lan, LAN, MINH)
    seen(lan, LAN)


def test_it_spans_the_cluster(lan: Line, other_node: Node, hotel: Hotel) -> None:
    lan.sub("staff")
    with other_node.open(cast.bearer(hotel.minh)) as minh:
        minh.sub("staff")
        seen(lan, LAN, MINH)
        seen(minh, LAN, MINH)
        other_node.stop()
        seen(lan, LAN)


def test_two_windows_are_one_person(lan: Line, node: Node, hotel: Hotel) -> None:
    lan.sub("staff")
    with node.open(cast.bearer(hotel.lan)) as second:
        second.sub("staff")
        seen(second, LAN)
    lan.say("unsub", rooms=["staff"])
    lan.wait_for("unsubbed")
    lan.sub("staff")
    seen(lan, LAN)


def test_who_is_not_in_the_room_is_not_seen_and_sees_nothing(lan: Line, node: Node, hotel: Hotel) -> None:
    with node.open(cast.bearer(hotel.minh)) as minh:
        minh.sub("property:demo-hotel")
        lan.sub("staff")
        seen(lan, LAN)
        cast.asked(hotel.hoa, hotel.property)
        minh.wait_events(1)
