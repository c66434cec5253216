"""What the old system's own integration tests asked of its request module, under the contract's names.

They spoke without a login; here the voice assistant speaks with its key. Where they froze a defect
(a 500 for a missing field, any word as a status), the contract's answer stands.
"""

from __future__ import annotations

import pytest

from cluster.identity import VERSION
from requests_app.models import GuestRequest
from tests import cast
from tests.api.speaking import Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ASKED = {
    "serviceType": "room_service",
    "requestText": "Test room service request",
    "roomNumber": "101",
    "guestName": "John Doe",
    "priority": "medium",
    "tenantId": "demo-hotel",
}


@pytest.fixture
def assistant(hotel: Hotel) -> Speaker:
    return Speaker(cast.api_key(hotel.property, "request:create", "request:read", "request:update"))


@pytest.fixture
def one(hotel: Hotel) -> int:
    return cast.asked(hotel.lan, hotel.property, "Test request", guest_name="John Doe").pk


def test_a_request_is_created_and_kept(assistant: Speaker) -> None:
    response = assistant.post("/api/request", ASKED)
    made = data_of(response, 201)
    said = {name: made[name] for name in ("requestText", "roomNumber", "guestName", "priority", "status")}
    assert said == {
        "requestText": "Test room service request",
        "roomNumber": "101",
        "guestName": "John Doe",
        "priority": "medium",
        "status": "pending",
    }
    metadata = response.json()["_metadata"]
    assert (metadata["module"], metadata["version"]) == ("request-module", VERSION)
    assert metadata["architecture"] == "django-cluster"
    kept = GuestRequest.objects.get(room_number="101")
    assert (kept.request_text, kept.guest_name, kept.status) == (
        "Test room service request",
        "John Doe",
        "pending",
    )


def test_missing_fields_are_told(assistant: Speaker) -> None:
    body = {"serviceType": "room_service", "guestName": "John Doe"}
    assert fields_of(assistant.post("/api/request", body)) == ["requestText", "roomNumber"]


def test_all_requests_are_listed(assistant: Speaker, hotel: Hotel) -> None:
    cast.asked(hotel.lan, hotel.property, "Test request 1", guest_name="John Doe")
    second = cast.asked(
        hotel.lan, hotel.property, "Test request 2", guest_name="Jane Smith", room_number="102"
    )
    data_of(assistant.patch(f"/api/request/{second.pk}/status", {"status": "completed"}))
    rows = data_of(assistant.get("/api/request"))
    assert [(row["roomNumber"], row["guestName"], row["status"]) for row in rows] == [
        ("102", "Jane Smith", "completed"),
        ("101", "John Doe", "pending"),
    ]


def test_an_empty_list_is_a_success(assistant: Speaker) -> None:
    assert data_of(assistant.get("/api/request")) == []


def test_one_is_found_by_its_id(assistant: Speaker, one: int) -> None:
    found = data_of(assistant.get(f"/api/request/{one}"))
    assert (found["id"], found["requestText"], found["guestName"]) == (one, "Test request", "John Doe")


@pytest.mark.parametrize("word", ["99999", "invalid-id"])
def test_what_is_not_there_is_not_found(assistant: Speaker, word: str) -> None:
    refusal_of(assistant.get(f"/api/request/{word}"), 404, "REQUEST_NOT_FOUND")
    refusal_of(
        assistant.patch(f"/api/request/{word}/status", {"status": "completed"}), 404, "REQUEST_NOT_FOUND"
    )


def test_a_status_is_changed_and_kept(assistant: Speaker, one: int) -> None:
    after = data_of(assistant.patch(f"/api/request/{one}/status", {"status": "completed"}))
    assert (after["id"], after["status"]) == (one, "completed")
    assert GuestRequest.objects.get(pk=one).status == "completed"


@pytest.mark.parametrize("body", [{}, {"status": "invalid-status"}])
def test_a_status_must_be_one(assistant: Speaker, one: int, body: dict[str, str]) -> None:
    assert fields_of(assistant.patch(f"/api/request/{one}/status", body)) == ["status"]


def test_malformed_json_says_so(assistant: Speaker) -> None:
    assert (
        "JSON"
        in refusal_of(assistant.post("/api/request", '{"invalid": json}'), 400, "VALIDATION_ERROR")["error"]
    )


def test_a_text_of_ten_thousand_letters_is_refused(assistant: Speaker) -> None:
    assert fields_of(assistant.post("/api/request", ASKED | {"requestText": "A" * 10_000})) == ["requestText"]


def test_ten_requests_and_five_moves(assistant: Speaker) -> None:
    made = [
        data_of(assistant.post("/api/request", ASKED | {"roomNumber": f"10{number}"}), 201)["id"]
        for number in range(10)
    ]
    for pk in made[:5]:
        assert (
            data_of(assistant.patch(f"/api/request/{pk}/status", {"status": "completed"}))["status"]
            == "completed"
        )
    assert len(set(made)) == 10
