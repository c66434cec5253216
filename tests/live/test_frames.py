"""What a client may say, and the clear word it gets for anything else."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from requests_app.live import limits as usual
from tests import cast
from tests.cast import Hotel, OtherHotel
from tests.live.lines import Line, Node


@pytest.fixture(scope="module")
def limits() -> tuple[str, ...]:
    return ("HEARTBEAT_SECONDS=1", "SILENCE_SECONDS=3", "TICK_SECONDS=0.2", "BAD_FRAMES_IN_A_ROW=5")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("NaN]", "JSON"),
        ("[" * 2_000, "JSON"),
        ("[]", "object"),
        ("null", "object"),
        ('"sub"', "object"),
        ("{}", "t:"),
        ('{"t": "shout"}', "t:"),
        ('{"t": ["sub"]}', "t:"),
        ('{"t": "sub"}', "rooms:"),
        ('{"t": "sub", "rooms": "staff"}', "rooms:"),
        ('{"t": "sub", "rooms": []}', "rooms:"),
        ('{"t": "sub", "rooms": [1]}', "rooms:"),
        ('{"t": "sub", "rooms": ["' + "x" * 101 + '"]}', "rooms:"),
        ('{"t": "unsub", "rooms": null}', "rooms:"),
        ('{"t": "sub", "id": {}, "rooms": ["staff"]}', "id:"),
        ('{"t": "sub", "id": true, "rooms": ["staff"]}', "id:"),
        ('{"t": "sub", "rooms": ["staff"], "since": []}', "since:"),
        ('{"t": "sub", "rooms": ["staff"], "since": {"demo-hotel": 7}}', "since.demo-hotel:"),
        ('{"t": "sub", "rooms": ["staff"], "since": {"demo-hotel": ["e7", "7"]}}', "since.demo-hotel:"),
        ('{"t": "sub", "rooms": ["staff"], "since": {"demo-hotel": ["e7", -1]}}', "since.demo-hotel:"),
        ('{"t": "sub", "rooms": ["staff"], "since": {"demo-hotel": ["e7", true]}}', "since.demo-hotel:"),
        ('{"t": "sub", "rooms": ["staff"], "since": {"demo-hotel": ["e7", 99999999999999999999]}}', "since"),
        (b"\x00\x01", "binary"),
        ('{"t": "hb", "x": "' + "x" * 4_096 + '"}', "4096 bytes"),
        ('{"t": "sub", "rooms": ["\\ud800"], "id": "\\ud800"}', "JSON"),
    ],
)
def test_it_says_what_is_wrong(lan: Line, text: str | bytes, named: str) -> None:
    lan.say_text(text)
    error = lan.wait_for("err")
    assert error["code"] == "VALIDATION_ERROR"
    assert named in error["error"]
    assert lan.sub("staff")["rooms"] == ["staff"], "one mistake ends nothing"


def test_an_error_carries_the_id(lan: Line) -> None:
    lan.say("sub", id="mine", rooms=7)
    assert lan.wait_for("err")["id"] == "mine"


def test_mistake_after_mistake_ends_it(lan: Line) -> None:
    with suppress(ConnectionClosed):  # the server need not wait for the last of them
        for _ in range(6):
            lan.say_text("{")
    assert lan.closed()[0] == 4400


def test_too_many_frames_end_it(lan: Line) -> None:
    with suppress(ConnectionClosed):
        for _ in range(usual.FRAMES_PER_SECOND * 2):
            lan.say("hb")
    assert lan.closed()[0] == 4429


def test_silence_ends_it_and_a_beat_does_not(lan: Line, node: Node, hotel: Hotel) -> None:
    with node.open(cast.bearer(hotel.minh)) as silent:
        silent.wait_for("hello")
        for _ in range(5):
            lan.wait_for("hb")
            lan.say("hb", ack={"demo-hotel": 1})
        assert silent.closed()[0] == 4408
    lan.wait_for("hb")


def test_a_beat_promises_what_was_told(lan: Line, hotel: Hotel) -> None:
    lan.sub("property:demo-hotel")
    cast.asked(hotel.hoa, hotel.property)
    (event,) = lan.wait_events(1)
    while (beat := lan.wait_for("hb"))["head"] != {"demo-hotel": event["seq"]}:
        pass
    assert beat["mode"] == "cluster"


class TestRooms:
    @pytest.mark.parametrize(
        ("room", "code"),
        [
            ("property:other-hotel", "NOT_FOUND"),
            ("property:nowhere", "NOT_FOUND"),
            ("property:", "VALIDATION_ERROR"),
            ("request:999999", "REQUEST_NOT_FOUND"),
            ("request:999999999999999999999999", "VALIDATION_ERROR"),
            ("request:one", "VALIDATION_ERROR"),
            ("room:1 2", "VALIDATION_ERROR"),
            ("room:12345678901", "VALIDATION_ERROR"),
            ("stay:1", "PERMISSION_DENIED"),
            ("staff:1", "VALIDATION_ERROR"),
            ("user:hoa", "VALIDATION_ERROR"),
            ("control", "VALIDATION_ERROR"),
            ("", "VALIDATION_ERROR"),
            ("\x00", "VALIDATION_ERROR"),
        ],
    )
    def test_a_denied_one_says_why_and_leaves_the_others(
        self, lan: Line, elsewhere: OtherHotel, room: str, code: str
    ) -> None:
        subbed = lan.sub(room, "staff")
        assert subbed["rooms"] == ["staff"]
        assert [(denied["room"], denied["code"]) for denied in subbed["denied"]] == [(room, code)]

    def test_anothers_request_is_denied_like_a_missing_one(
        self, lan: Line, hotel: Hotel, elsewhere: OtherHotel
    ) -> None:
        foreign = cast.asked(elsewhere.otto, elsewhere.property)
        theirs, missing = lan.sub(f"request:{foreign.pk}", "request:999999")["denied"]
        assert (theirs["code"], theirs["error"]) == (missing["code"], missing["error"])

    def test_an_api_key_has_none_of_its_own(self, node: Node, hotel: Hotel) -> None:
        with node.open(cast.api_key(hotel.property, "request:read")) as line:
            subbed = line.sub("mine", "property:demo-hotel", "room:101")
        assert subbed["rooms"] == ["property:demo-hotel", "room:101"]

    def test_a_superuser_may_enter_everywhere(self, node: Node, hotel: Hotel, elsewhere: OtherHotel) -> None:
        with node.open(cast.bearer(cast.superuser())) as line:
            rooms = ["property:demo-hotel", "property:other-hotel"]
            assert line.sub(*rooms)["rooms"] == rooms
            cast.asked(hotel.hoa, hotel.property)
            cast.asked(elsewhere.otto, elsewhere.property)
            assert sorted(event["p"] for event in line.wait_events(2)) == ["demo-hotel", "other-hotel"]

    def test_two_hundred_at_most(self, lan: Line) -> None:
        for tens in range(21):
            subbed = lan.sub(*(f"room:{tens * 10 + number}" for number in range(10)))
            lan.socket.recv(timeout=5) if tens == 15 else None
        assert subbed["rooms"] == []
        assert {denied["code"] for denied in subbed["denied"]} == {"RATE_LIMIT_EXCEEDED"}


class TestGuests:
    def test_they_hear_their_stay_alone(self, node: Node, hotel: Hotel) -> None:
        opened = cast.checked_in(hotel.lan, hotel.property)
        stay = f"stay:{opened.stay.pk}"
        with node.open(cast.header("Guest", opened.token)) as line:
            line.wait_for("hello")
            others = ["property:demo-hotel", "staff", "mine", "room:101", "stay:999", "request:1"]
            subbed = line.sub(stay, *others)
            assert subbed["rooms"] == [stay]
            codes = {denied["room"]: denied["code"] for denied in subbed["denied"]}
            assert codes == dict.fromkeys(others, "PERMISSION_DENIED") | {"stay:999": "NOT_FOUND"}
            cast.asked(hotel.lan, hotel.property, "of the house")
            cast.asked(cast.guest(opened), hotel.property, "of the guest")
            (event,) = line.wait_events(1)
        assert event["data"]["request"]["requestText"] == "of the guest"
        assert event["rooms"] == [stay]
        assert "actor" not in event
        assert "instance" not in event
        hidden = json.dumps(event)
        assert not any(word in hidden for word in ("assignedTo", "notes", "escalationLevel"))

    def test_they_may_resume_without_seeing_more(self, node: Node, hotel: Hotel) -> None:
        opened = cast.checked_in(hotel.lan, hotel.property)
        cast.asked(hotel.lan, hotel.property, "of the house")
        cast.asked(cast.guest(opened), hotel.property, "of the guest")
        with node.open(cast.header("Guest", opened.token)) as line:
            epoch: Any = line.wait_for("hello")["head"]["demo-hotel"][0]
            line.sub(f"stay:{opened.stay.pk}", since={"demo-hotel": [epoch, 0]})
            events = line.wait_events(1)
        assert {event["data"]["request"]["requestText"] for event in events} == {"of the guest"}
