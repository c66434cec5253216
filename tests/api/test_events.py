"""GET /api/events."""

from __future__ import annotations

import json

import pytest

from cluster.models import Event, StreamHead
from tests import cast
from tests.api.speaking import Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def four(lan: Speaker, guest: Speaker, hotel: Hotel) -> int:
    """A request of the guest, answered and completed, and one of the house; return the guest's."""
    own: int = data_of(guest.post("/api/request", {"requestText": "Tea"}), 201)["id"]
    house = cast.asked(hotel.lan, hotel.property, "Towels").pk
    body = {"status": "completed", "notes": "Both", "requestIds": [own, house]}
    data_of(lan.post("/api/request/bulk-update", body))
    data_of(lan.post(f"/api/request/{own}/messages", {"content": "Enjoy"}), 201)
    return own


def test_it_works(lan: Speaker, four: int) -> None:
    log = data_of(lan.get("/api/events"))
    assert [event["event"] for event in log["events"]] == [
        *("request:created", "request:created", "request:bulk_status_changed", "request:message"),
    ]
    assert [event["seq"] for event in log["events"]] == [1, 2, 3, 4]
    assert (log["head"], log["oldest"], log["complete"], log["next"]) == (4, 1, True, f"{log['epoch']}:4")
    assert log["events"][0]["data"]["request"]["requestText"] == "Tea"


def test_one_goes_on_where_one_stopped(lan: Speaker, four: int) -> None:
    seen, since = [], "0"
    for _ in range(2):
        log = data_of(lan.get("/api/events", {"since": since, "limit": 2}))
        seen += [event["seq"] for event in log["events"]]
        since = log["next"]
    assert (seen, log["complete"]) == ([1, 2, 3, 4], True)
    assert data_of(lan.get("/api/events", {"since": since}))["events"] == []


def test_a_list_s_cursor_is_a_place_to_go_on_from(lan: Speaker, four: int) -> None:
    _, epoch, seq = lan.get("/api/request")["X-Stream-Cursor"].split(":")
    data_of(lan.post("/api/request", {"requestText": "More", "roomNumber": "101"}), 201)
    (event,) = data_of(lan.get("/api/events", {"since": f"{epoch}:{seq}"}))["events"]
    assert event["data"]["request"]["requestText"] == "More"


def test_what_can_not_be_whole_is_gone(lan: Speaker, hotel: Hotel, four: int) -> None:
    StreamHead.objects.filter(stream=hotel.property.pk).update(oldest=3)
    epoch = StreamHead.objects.get(stream=hotel.property.pk).epoch
    for since, code in [
        ("0", "expired"),
        ("1", "expired"),
        ("9", "ahead"),
        ("e0:2", "epoch"),
        (f"{epoch}:99", "ahead"),
    ]:
        (entry,) = refusal_of(lan.get("/api/events", {"since": since}), 410, "RESYNC_REQUIRED")["details"]
        assert (entry["field"], entry["code"]) == ("since", code)
    assert len(data_of(lan.get("/api/events", {"since": f"{epoch}:2"}))["events"]) == 2


@pytest.mark.parametrize(
    ("name", "values"),
    {
        "since": ["x", "-1", "e7:", ":1", "1:2:3", "1.5", "9" * 30, "٣", "a b:1"],
        "limit": ["0", "501", "x"],
    }.items(),
)
def test_a_bad_value_is_named(lan: Speaker, name: str, values: list[str]) -> None:
    for value in values:
        assert fields_of(lan.get("/api/events", {name: value})) == [name], value


def test_a_guest_hears_their_own_alone_and_reduced(guest: Speaker, four: int) -> None:
    log = data_of(guest.get("/api/events"))
    made, ended, told = log["events"]
    assert made["data"]["request"]["id"] == four
    assert [request["id"] for request in ended["data"]["requests"]] == [four]
    assert (ended["data"]["requestIds"], ended["data"]["count"]) == ([four], 1)
    assert told["data"]["message"]["author"] == {"displayName": "Lan"}
    said = json.dumps(log["events"])
    for hidden in (
        "actor",
        "instance",
        "notes",
        "assignedTo",
        "escalationLevel",
        "username",
        "Towels",
        "property:",
    ):
        assert f'"{hidden}' not in said, hidden
    assert (log["head"], log["complete"]) == (4, True)


def test_it_is_one_property_s(
    admin: Speaker, otto: Speaker, lan: Speaker, nobody: Speaker, four: int
) -> None:
    assert fields_of(admin.get("/api/events")) == ["propertyId"]
    assert len(data_of(admin.get("/api/events", {"propertyId": "demo-hotel"}))["events"]) == 4
    assert data_of(otto.get("/api/events"))["events"] == []
    refusal_of(otto.get("/api/events", {"propertyId": "demo-hotel"}), 404, "NOT_FOUND")
    refusal_of(nobody.get("/api/events"), 401, "AUTHENTICATION_REQUIRED")


def test_an_old_snapshot_and_the_events_equal_a_fresh_fetch(
    lan: Speaker, hotel: Hotel, elsewhere: OtherHotel
) -> None:
    cast.asked(hotel.lan, hotel.property, "First")
    before = lan.get("/api/request")
    since = before["X-Stream-Cursor"].partition(":")[2]
    known = {row["id"]: row for row in data_of(before)}
    made = data_of(lan.post("/api/request", {"requestText": "Leak!", "roomNumber": "9"}), 201)["id"]
    data_of(lan.patch(f"/api/request/{made}/status", {"status": "on-hold", "notes": "Waiting"}))
    data_of(lan.patch(f"/api/request/{made}", {"totalAmount": "5", "deliveryTime": "2030-01-01T00:00:00"}))
    data_of(lan.post("/api/request/bulk-assign", {"requestIds": list(known), "assignedTo": "minh"}))
    for event in data_of(lan.get("/api/events", {"since": since}))["events"]:
        for request in event["data"].get("requests", [event["data"].get("request")]):
            known[request["id"]] = request
    assert known == {row["id"]: row for row in data_of(lan.get("/api/request"))}
    assert Event.objects.filter(stream=hotel.property.pk).count() > 4
