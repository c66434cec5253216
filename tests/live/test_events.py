"""What one process writes, a socket of another shows: whole, in order, once."""

from __future__ import annotations

import pytest

from requests_app import actions
from requests_app.lifecycle import Priority, Status
from tests import cast
from tests.cast import Hotel, OtherHotel
from tests.live.lines import Line, Node, cursor, since

pytestmark = pytest.mark.both_databases

ROOM = "property:demo-hotel"


def test_it_works(lan: Line, hotel: Hotel) -> None:
    subbed = lan.sub(ROOM)
    assert (subbed["id"], subbed["rooms"], subbed["denied"]) == (1, [ROOM], [])
    request = cast.asked(hotel.hoa, hotel.property, "Two towels")
    (event,) = lan.wait_events(1)
    at = cursor(hotel.property.pk)
    assert (event["event"], event["p"], event["epoch"], event["seq"]) == (
        "request:created",
        "demo-hotel",
        at.epoch,
        at.seq,
    )
    assert event["actor"] == {"kind": "staff", "username": "hoa", "displayName": "Hoa"}
    assert event["data"]["request"]["orderId"] == request.order_id
    assert ROOM in event["rooms"]


def test_hello_says_where_everything_stands(node: Node, hotel: Hotel) -> None:
    cast.asked(hotel.hoa, hotel.property)
    at = cursor(hotel.property.pk)
    with node.open(cast.bearer(hotel.lan)) as line:
        hello = line.next()
    assert hello == {
        "t": "hello",
        "v": 1,
        "instance": "node-1",
        "hb": 10,
        "mode": "cluster",
        "head": {"demo-hotel": [at.epoch, at.seq]},
    }


def test_it_hears_nothing_of_the_other_hotel(lan: Line, hotel: Hotel, elsewhere: OtherHotel) -> None:
    lan.sub(ROOM, "room:101", "staff", "mine")
    cast.asked(elsewhere.otto, elsewhere.property)
    cast.asked(hotel.hoa, hotel.property)
    lan.wait_events(1)
    assert [event["p"] for event in lan.events] == ["demo-hotel"]


def test_each_room_hears_its_own(lan: Line, hotel: Hotel) -> None:
    lan.sub("room:102", "mine")
    cast.asked(hotel.hoa, hotel.property, room_number="101")
    cast.asked(hotel.hoa, hotel.property, "here", room_number="102")
    cast.asked(hotel.hoa, hotel.property, "mine", room_number="103", assigned_to="lan")
    cast.asked(hotel.hoa, hotel.property, "last", room_number="102")
    heard = [event["data"]["request"]["requestText"] for event in lan.wait_events(3)]
    assert list(dict.fromkeys(heard)) in (["here", "mine", "last"], ["here", "mine"])


def test_staff_hear_what_presses(lan: Line, hotel: Hotel) -> None:
    lan.sub("staff")
    cast.asked(hotel.hoa, hotel.property)
    cast.asked(hotel.hoa, hotel.property, priority=Priority.HIGH)
    lan.wait_events(1)
    assert {event["event"] for event in lan.events} <= {"request:urgent", "request:assigned"}


def test_one_request_can_be_followed(lan: Line, hotel: Hotel) -> None:
    request = cast.asked(hotel.hoa, hotel.property)
    lan.sub(f"request:{request.pk}")
    cast.asked(hotel.hoa, hotel.property)
    actions.change_status(by=cast.caller(hotel.hoa), request_id=request.pk, status=Status.IN_PROGRESS)
    (event,) = lan.wait_events(1)
    assert event["event"] == "request:status_changed"
    assert event["data"]["request"]["status"] == "in-progress"


def test_who_leaves_a_room_hears_it_no_more(lan: Line, hotel: Hotel) -> None:
    lan.sub(ROOM, "room:102")
    lan.say("unsub", id=2, rooms=[ROOM])
    lan.wait_for("unsubbed", id=2)
    cast.asked(hotel.hoa, hotel.property, "not this", room_number="101")
    cast.asked(hotel.hoa, hotel.property, "this", room_number="102")
    (event,) = lan.wait_events(1)
    assert event["data"]["request"]["requestText"] == "this"


class TestResume:
    def test_it_works(self, lan: Line, hotel: Hotel) -> None:
        start = cursor(hotel.property.pk)
        for number in range(5):
            cast.asked(hotel.hoa, hotel.property, f"before {number}")
        subbed = lan.sub(ROOM, since=since("demo-hotel", start))
        assert lan.events == [], "the answer comes before the past"
        cast.asked(hotel.hoa, hotel.property, "after")
        heard = lan.wait_events(6)
        assert [event["data"]["request"]["requestText"] for event in heard] == [
            *(f"before {number}" for number in range(5)),
            "after",
        ]
        answer = subbed["resume"]["demo-hotel"]
        assert (answer["resumed"], answer["from"], answer["to"]) == (True, start.seq, start.seq + 5)

    def test_the_past_is_of_the_rooms_asked_for(self, lan: Line, hotel: Hotel) -> None:
        start = cursor(hotel.property.pk)
        cast.asked(hotel.hoa, hotel.property, "there", room_number="101")
        cast.asked(hotel.hoa, hotel.property, "here", room_number="102")
        lan.sub("room:102", since=since("demo-hotel", start))
        (event,) = lan.wait_events(1)
        assert event["data"]["request"]["requestText"] == "here"

    def test_a_position_just_read_is_whole(self, lan: Line, hotel: Hotel) -> None:
        cast.asked(hotel.hoa, hotel.property)
        here = cursor(hotel.property.pk)
        subbed = lan.sub(ROOM, since=since("demo-hotel", here))
        assert subbed["resume"]["demo-hotel"] == {"resumed": True, "from": here.seq, "to": here.seq}
        cast.asked(hotel.hoa, hotel.property)
        assert [event["seq"] for event in lan.wait_events(1)] == [here.seq + 1]

    @pytest.mark.parametrize("reason", ["ahead", "epoch", "expired"])
    def test_all_or_nothing(self, lan: Line, hotel: Hotel, reason: str) -> None:
        from cluster.models import StreamHead

        for _ in range(3):
            cast.asked(hotel.hoa, hotel.property)
        here = cursor(hotel.property.pk)
        StreamHead.objects.filter(stream=hotel.property.pk).update(oldest=3)
        position = {"ahead": [here.epoch, here.seq + 1], "epoch": ["e0", 2], "expired": [here.epoch, 1]}[
            reason
        ]
        subbed = lan.sub(ROOM, since={"demo-hotel": position})
        assert subbed["rooms"] == [ROOM]
        assert subbed["resume"]["demo-hotel"] == {
            "resumed": False,
            "reason": reason,
            "epoch": here.epoch,
            "to": here.seq,
        }
        cast.asked(hotel.hoa, hotel.property)
        assert [event["seq"] for event in lan.wait_events(1)] == [here.seq + 1]

    def test_an_old_snapshot_and_its_events_equal_a_fresh_one(
        self, node: Node, lan: Line, hotel: Hotel
    ) -> None:
        """Zulip's test: whatever happened while the line was down, nothing is missing after it."""
        first = cast.asked(hotel.hoa, hotel.property, "one")
        snapshot = {first.pk: first.version}
        lan.sub(ROOM)
        cast.asked(hotel.hoa, hotel.property, "two")
        seen = lan.wait_events(1)[-1]
        lan.close()
        hoa = cast.caller(hotel.hoa)
        actions.change_status(by=hoa, request_id=first.pk, status=Status.IN_PROGRESS)
        third = cast.asked(hotel.hoa, hotel.property, "three")
        actions.remove(by=hoa, request_id=third.pk, notes="twice")
        with node.open(cast.bearer(hotel.lan)) as again:
            again.sub(ROOM, since={"demo-hotel": [seen["epoch"], seen["seq"]]})
            cast.asked(hotel.hoa, hotel.property, "four")
            while not again.events or again.events[-1]["data"]["request"]["requestText"] != "four":
                again.next()
        for event in [seen, *again.events]:
            request = event["data"]["request"]
            snapshot[request["id"]] = request["version"]
            if event["event"] == "request:deleted":
                del snapshot[request["id"]]
        assert snapshot == _fresh(hotel)


def _fresh(hotel: Hotel) -> dict[int, int]:
    from requests_app.models import GuestRequest

    rows = GuestRequest.objects.filter(property=hotel.property, deleted_at__isnull=True)
    return dict(rows.values_list("pk", "version"))
