"""A guest sees of an event what is theirs, and nothing of the house's own affairs."""

from __future__ import annotations

from typing import Any

import orjson

from cluster.bus import Entry
from requests_app.guest_view import guest_frame
from requests_app.live.guest import shown_to

STAY = 5
FRAME: dict[str, Any] = {
    "t": "ev",
    "p": "demo-hotel",
    "epoch": "e7",
    "seq": 9,
    "rooms": ["property:demo-hotel", "user:lan", "stay:5", "stay:6"],
    "actor": {"kind": "staff", "username": "hoa"},
    "instance": "web-1",
}


def request(pk: int, stay: int | None = STAY) -> dict[str, Any]:
    assignee = {"username": "lan", "displayName": "Lan"}
    return {
        "id": pk,
        "stayId": stay,
        "notes": "rude",
        "assignedTo": "lan",
        "assignee": assignee,
        "escalationLevel": 2,
    }


def seen(data: dict[str, Any]) -> dict[str, Any] | None:
    frame = guest_frame({**FRAME, "data": data}, STAY)
    return None if frame is None else frame["data"]


def test_it_works() -> None:
    data = {"id": 1, "oldStatus": "pending", "notes": "rude", "oldAssignedTo": "minh", "request": request(1)}
    assert guest_frame({**FRAME, "data": data}, STAY) == {
        "t": "ev",
        "p": "demo-hotel",
        "epoch": "e7",
        "seq": 9,
        "rooms": ["stay:5"],
        "data": {
            "id": 1,
            "oldStatus": "pending",
            "request": {"id": 1, "stayId": 5, "assignee": {"displayName": "Lan"}},
        },
    }


def test_nobody_is_no_assignee() -> None:
    data = seen({"request": {**request(1), "assignee": None}})
    assert data is not None
    assert data["request"]["assignee"] is None


def test_of_a_batch_only_their_own() -> None:
    data = {
        "requestIds": [1, 2, 3],
        "count": 3,
        "oldStatuses": {"1": "pending", "2": "pending", "3": "on-hold"},
        "newStatus": "completed",
        "notes": "rude",
        "requests": [request(1), request(2, stay=6), request(3, stay=None)],
    }
    assert seen(data) == {
        "requestIds": [1],
        "count": 1,
        "oldStatuses": {"1": "pending"},
        "newStatus": "completed",
        "requests": [{"id": 1, "stayId": 5, "assignee": {"displayName": "Lan"}}],
    }


def test_nothing_of_what_is_not_theirs() -> None:
    assert seen({"requests": [request(2, stay=6)], "requestIds": [2], "count": 1, "oldStatuses": {}}) is None
    assert seen({"request": request(2, stay=6)}) is None
    assert seen({"anything": "else"}) is None


def test_the_names_of_hidden_fields_are_hidden_too() -> None:
    data = seen({"changed": ["assignedTo", "roomNumber"], "request": request(1)})
    assert data is not None
    assert data["changed"] == ["roomNumber"]


def test_a_message_names_its_writer_for_people() -> None:
    line = {"id": 1, "content": "Soon", "author": {"username": "lan", "displayName": "Lan"}}
    data = seen({"message": line, "request": request(1)})
    assert data is not None
    assert data["message"] == {"id": 1, "content": "Soon", "author": {"displayName": "Lan"}}


def test_sockets_of_one_stay_share_it() -> None:
    entry = Entry(
        1, 9, FRAME["rooms"], orjson.dumps({**FRAME, "data": {"request": request(1)}}).decode(), 0.0
    )
    assert shown_to(STAY)(entry) is shown_to(STAY)(entry)
    assert shown_to(6)(entry) is None
