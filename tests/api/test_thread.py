"""GET and POST /api/request/:id/messages, GET /api/request/:id/history."""

from __future__ import annotations

import pytest

from tests import cast
from tests.api.speaking import Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def path(hotel: Hotel, guest: Speaker) -> str:
    return f"/api/request/{data_of(guest.post('/api/request', {'requestText': 'Tea'}), 201)['id']}"


def test_guest_and_staff_talk(lan: Speaker, guest: Speaker, path: str) -> None:
    asked = data_of(guest.post(f"{path}/messages", {"content": "With milk <3"}), 201)
    told = data_of(lan.post(f"{path}/messages", {"content": " Gladly "}), 201)
    assert (asked["fromGuest"], asked["author"], asked["content"]) == (True, None, "With milk <3")
    assert (told["fromGuest"], told["content"]) == (False, "Gladly")
    assert told["author"] == {"username": "lan", "displayName": "Lan"}
    assert data_of(lan.get(f"{path}/messages")) == [asked, told]
    assert data_of(guest.get(f"{path}/messages"))[1]["author"] == {"displayName": "Lan"}


@pytest.mark.parametrize("content", [None, "", "  ", 5, "x" * 1001, ["x"]])
def test_it_rejects_what_is_no_message(lan: Speaker, path: str, content: object) -> None:
    assert fields_of(lan.post(f"{path}/messages", {"content": content})) == ["content"]


def test_it_is_nobody_else_s(otto: Speaker, nobody: Speaker, hotel: Hotel, path: str) -> None:
    other = Speaker(cast.header("Guest", cast.checked_in(hotel.lan, hotel.property, "102").token))
    for stranger in (otto, other):
        refusal_of(stranger.get(f"{path}/messages"), 404, "REQUEST_NOT_FOUND")
        refusal_of(stranger.post(f"{path}/messages", {}), 404, "REQUEST_NOT_FOUND")
    refusal_of(nobody.post(f"{path}/messages", {}), 401, "AUTHENTICATION_REQUIRED")
    key = Speaker(cast.api_key(hotel.property, "request:update"))
    refusal_of(key.post(f"{path}/messages", {}), 403, "PERMISSION_DENIED")


def test_history_tells_who_when_from_to_and_why(lan: Speaker, guest: Speaker, path: str) -> None:
    data_of(lan.patch(f"{path}/status", {"status": "in-progress", "notes": "Boiling", "assignedTo": "minh"}))
    data_of(
        lan.post(
            "/api/request/bulk-update", {"requestIds": [int(path.rpartition("/")[2])], "status": "completed"}
        )
    )
    made, began, given, ended = data_of(lan.get(f"{path}/history"))
    assert (made["event"], made["actor"]) == ("request:created", {"kind": "guest"})
    assert made["to"] == {"status": "pending", "priority": "medium", "urgency": "normal"}
    assert (began["from"], began["to"], began["notes"]) == (
        *({"status": "pending"}, {"status": "in-progress"}),
        "Boiling",
    )
    assert began["actor"]["username"] == "lan"
    assert (given["to"], bool(given["node"]), bool(given["at"])) == ({"assignedTo": "minh"}, True, True)
    assert (ended["from"], ended["to"]) == ({"status": "in-progress"}, {"status": "completed"})
    refusal_of(guest.get(f"{path}/history"), 403, "PERMISSION_DENIED")
