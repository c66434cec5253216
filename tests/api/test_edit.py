"""PATCH and DELETE /api/request/:id."""

from __future__ import annotations

from typing import Any

import pytest

from requests_app.models import GuestRequest
from tests import cast
from tests.api.speaking import Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def path(hotel: Hotel) -> str:
    more: dict[str, Any] = {"guest_name": "Zoë", "phone_number": "+84901", "items": ({"name": "Tea"},)}
    return f"/api/request/{cast.asked(hotel.lan, hotel.property, assigned_to='minh', **more).pk}"


def test_it_works(lan: Speaker, path: str) -> None:
    response = lan.patch(path, {"requestText": "Three towels", "room_number": "102", "priority": "high"})
    after = data_of(response)
    assert (after["requestText"], after["roomNumber"], after["priority"]) == ("Three towels", "102", "high")
    assert (after["version"], response["ETag"]) == (2, '"2"')
    assert data_of(lan.get(path)) == after


def test_null_takes_an_optional_field_back(lan: Speaker, path: str) -> None:
    names = ("guestName", "phoneNumber", "items", "deliveryTime", "totalAmount", "assignedTo", "description")
    after = data_of(lan.patch(path, dict.fromkeys(names)))
    assert [after[name] for name in names] == [None, None, [], None, None, None, None]


def test_null_leaves_what_must_have_a_value(lan: Speaker, path: str) -> None:
    after = data_of(
        lan.patch(path, dict.fromkeys(("serviceType", "priority", "urgency", "currency", "version")))
    )
    assert (after["serviceType"], after["priority"], after["currency"], after["version"]) == (
        *("general", "medium", "VND"),
        1,
    )


@pytest.mark.parametrize(
    "body", [{"requestText": None}, {"roomNumber": ""}, {"items": "x"}, {"totalAmount": 0}]
)
def test_it_names_a_wrong_field(lan: Speaker, path: str, body: dict[str, object]) -> None:
    assert fields_of(lan.patch(path, body)) == list(body)


@pytest.mark.parametrize(
    "body", [{"deliveryTime": "2020-01-01T00:00:00"}, {"serviceType": "spa"}, {"assignedTo": "x"}]
)
def test_it_names_what_the_house_does_not_know(lan: Speaker, path: str, body: dict[str, object]) -> None:
    assert fields_of(lan.patch(path, body)) == list(body)


def test_nothing_new_changes_nothing(lan: Speaker, path: str) -> None:
    assert data_of(lan.patch(path, {"guestName": "Zoë", "status": "completed", "colour": 1}))["version"] == 1
    assert data_of(lan.patch(path, {}))["version"] == 1


def test_a_time_without_offset_is_the_property_s(lan: Speaker, path: str) -> None:
    after = data_of(lan.patch(path, {"deliveryTime": "2030-05-01T07:00:00"}))
    assert after["deliveryTime"] == "2030-05-01T00:00:00Z"


def test_versions_are_checked(lan: Speaker, path: str) -> None:
    data_of(lan.patch(path, {"requestText": "Four", "version": 1}))
    refusal_of(lan.patch(path, {"requestText": "Five", "version": 1}), 409, "CONCURRENT_MODIFICATION")
    refusal_of(lan.patch(path, {"requestText": "Five"}, If_Match='"1"'), 412, "CONCURRENT_MODIFICATION")


def test_what_is_over_stays_as_it_is(lan: Speaker, path: str) -> None:
    data_of(lan.patch(f"{path}/status", {"status": "completed"}))
    refusal_of(lan.patch(path, {"requestText": "Five"}), 422, "BUSINESS_RULE_VIOLATION")


def test_a_guest_edits_nothing(guest: Speaker, otto: Speaker, path: str) -> None:
    own = data_of(guest.post("/api/request", {"requestText": "Tea"}), 201)["id"]
    for body in ({"requestText": "Coffee"}, {"requestText": ""}):
        refusal_of(guest.patch(f"/api/request/{own}", body), 403, "PERMISSION_DENIED")
        refusal_of(guest.patch(path, body), 404, "REQUEST_NOT_FOUND")
        refusal_of(otto.patch(path, body), 404, "REQUEST_NOT_FOUND")


def test_deleting_hides_it_everywhere(hoa: Speaker, lan: Speaker, path: str) -> None:
    gone = data_of(hoa.delete(path, {"notes": "A test"}))
    assert (gone["deleted"], gone["version"]) == (True, 2)
    refusal_of(hoa.get(path), 404, "REQUEST_NOT_FOUND")
    assert data_of(lan.get("/api/request")) == []
    assert data_of(lan.get("/api/request/statistics"))["total"] == 0
    assert GuestRequest.objects.get().deleted_at
    refusal_of(hoa.delete(path), 404, "REQUEST_NOT_FOUND")


def test_deleting_is_a_manager_s_and_knows_versions(
    hoa: Speaker, lan: Speaker, otto: Speaker, path: str
) -> None:
    refusal_of(lan.delete(path), 403, "PERMISSION_DENIED")
    refusal_of(otto.delete(path), 404, "REQUEST_NOT_FOUND")
    refusal_of(hoa.delete(path, If_Match='"4"'), 412, "CONCURRENT_MODIFICATION")
    assert data_of(hoa.delete(path, If_Match='"1"'))
