"""PATCH and PUT /api/request/:id/status."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.models import Event
from requests_app.models import GuestRequest
from tests import cast
from tests.api.speaking import Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def path(hotel: Hotel) -> str:
    return f"/api/request/{cast.asked(hotel.lan, hotel.property).pk}/status"


def moved(speaker: Speaker, path: str, status: str, **more: object) -> Any:
    return data_of(speaker.patch(path, {"status": status} | more))


def test_it_works(lan: Speaker, path: str) -> None:
    response = lan.patch(path, {"status": "in-progress", "notes": "On my way", "assignedTo": "minh"})
    after = data_of(response)
    assert (after["status"], after["notes"], after["assignedTo"], after["version"]) == (
        *("in-progress", "On my way", "minh"),
        2,
    )
    assert after["startedAt"]
    assert response["ETag"] == '"2"'
    assert data_of(lan.put(path, {"status": "completed"}))["status"] == "completed"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *(("Đang xử lý", "in-progress"), ("Tạm dừng", "on-hold"), ("Chờ phản hồi", "on-hold")),
        *(("Hoàn thành", "completed"), ("in_progress", "in-progress"), ("on_hold", "on-hold")),
        ("Đã ghi nhận", "pending"),
    ],
)
def test_it_understands_the_old_names(lan: Speaker, path: str, word: str, status: str) -> None:
    assert moved(lan, path, word)["status"] == status


@pytest.mark.parametrize("status", [None, "", "done", "PENDING", 5, ["pending"], {}])
def test_it_rejects_what_is_no_status(lan: Speaker, path: str, status: object) -> None:
    assert fields_of(lan.patch(path, {"status": status})) == ["status"]


def test_it_rejects_no_status_at_all(lan: Speaker, path: str) -> None:
    assert fields_of(lan.patch(path, {})) == ["status"]
    assert fields_of(lan.patch(path, {"assignedTo": "minh"})) == ["status"]


def test_it_rejects_an_illegal_move(lan: Speaker, hoa: Speaker, path: str) -> None:
    moved(lan, path, "in-progress")
    refusal_of(lan.patch(path, {"status": "pending"}), 409, "INVALID_STATUS_TRANSITION")
    moved(lan, path, "cancelled", notes="Not needed")
    refusal_of(hoa.patch(path, {"status": "in-progress", "notes": "x"}), 409, "INVALID_STATUS_TRANSITION")


def test_cancelling_needs_notes(lan: Speaker, path: str) -> None:
    for notes in (None, "", "  "):
        body = {"status": "cancelled", "notes": notes}
        assert fields_of(lan.patch(path, body), 422, "BUSINESS_RULE_VIOLATION") == ["notes"]
    assert moved(lan, path, "cancelled", notes="Not needed")["cancelledAt"]


def test_reopening_is_a_manager_s_and_needs_notes(lan: Speaker, hoa: Speaker, path: str) -> None:
    moved(lan, path, "completed")
    refusal_of(lan.patch(path, {"status": "in-progress", "notes": "Again"}), 403, "PERMISSION_DENIED")
    refusal_of(hoa.patch(path, {"status": "in-progress"}), 422, "BUSINESS_RULE_VIOLATION")
    assert moved(hoa, path, "in-progress", notes="Still wet")["completedAt"] is None


def test_the_same_again_changes_only_what_is_new(lan: Speaker, path: str) -> None:
    assert moved(lan, path, "pending")["version"] == 1
    events = Event.objects.count()
    assert moved(lan, path, "pending")["version"] == 1
    assert Event.objects.count() == events
    assert moved(lan, path, "pending", notes="Called the guest")["version"] == 2
    assert moved(lan, path, "pending", assignedTo="minh")["version"] == 3
    assert moved(lan, path, "pending", assignedTo=None)["assignedTo"] is None


def test_a_stale_version_is_told_before_anything_else(lan: Speaker, path: str) -> None:
    moved(lan, path, "completed", version=1)
    stale = lan.patch(path, {"status": "pending", "version": 1})
    assert fields_of(stale, 409, "CONCURRENT_MODIFICATION") == ["version", "status"]
    for version in ("2", 1.5, True, "x", []):
        assert fields_of(lan.patch(path, {"status": "completed", "version": version})) == ["version"]
    assert moved(lan, path, "completed", version=None)


@pytest.mark.parametrize("tag", ['"1"', '"1-overdue"', "*"])
def test_if_match_takes_the_present_etag(lan: Speaker, path: str, tag: str) -> None:
    assert data_of(lan.patch(path, {"status": "completed"}, If_Match=tag))["version"] == 2


def test_a_stale_if_match_is_412(lan: Speaker, path: str) -> None:
    response = lan.patch(path, {"status": "completed"}, If_Match='"7"')
    refusal_of(response, 412, "CONCURRENT_MODIFICATION")


@pytest.mark.parametrize("tag", ['W/"1"', '"x"', '"2", "3"', '""', '"0"', '"99999999999999999999"'])
def test_a_tag_that_is_not_the_present_one_is_412(lan: Speaker, path: str, tag: str) -> None:
    refusal_of(lan.patch(path, {"status": "completed"}, If_Match=tag), 412, "CONCURRENT_MODIFICATION")


def test_any_of_several_tags_will_do(lan: Speaker, path: str) -> None:
    assert data_of(lan.patch(path, {"status": "completed"}, If_Match='"7", "1"'))["version"] == 2


@pytest.mark.parametrize("tag", ["1", '"1', '"1" "2"', ","])
def test_a_garbage_if_match_is_named(lan: Speaker, path: str, tag: str) -> None:
    assert fields_of(lan.patch(path, {"status": "completed"}, If_Match=tag)) == ["If-Match"]


def test_two_versions_that_contradict_are_refused(lan: Speaker, path: str) -> None:
    response = lan.patch(path, {"status": "completed", "version": 2}, If_Match='"1"')
    assert fields_of(response) == ["version"]


def test_department_staff_move_their_own_work(minh: Speaker, hotel: Hotel) -> None:
    own = cast.asked(hotel.lan, hotel.property, service_type="housekeeping", assigned_to="lan")
    theirs = cast.asked(hotel.lan, hotel.property, service_type="maintenance", assigned_to="lan")
    unassigned = cast.asked(hotel.lan, hotel.property, service_type="maintenance")
    for request in (own, unassigned):
        assert moved(minh, f"/api/request/{request.pk}/status", "in-progress")
    response = minh.patch(f"/api/request/{theirs.pk}/status", {"status": "in-progress"})
    refusal_of(response, 403, "PERMISSION_DENIED")


def test_a_guest_cancels_their_own_pending_request(guest: Speaker, lan: Speaker) -> None:
    first, second = (data_of(guest.post("/api/request", {"requestText": "Tea"}), 201)["id"] for _ in range(2))
    after = moved(guest, f"/api/request/{first}/status", "cancelled", notes="Found some")
    assert after["status"] == "cancelled"
    assert "notes" not in after
    refusal_of(
        guest.patch(f"/api/request/{second}/status", {"status": "completed"}), 403, "PERMISSION_DENIED"
    )
    moved(lan, f"/api/request/{second}/status", "in-progress")
    body = {"status": "cancelled", "notes": "x"}
    refusal_of(guest.patch(f"/api/request/{second}/status", body), 403, "PERMISSION_DENIED")


def test_another_property_s_is_not_found_whatever_the_body(otto: Speaker, nobody: Speaker, path: str) -> None:
    for body in ({"status": "completed"}, {}, "{"):
        refusal_of(otto.patch(path, body), 404, "REQUEST_NOT_FOUND")
        refusal_of(nobody.patch(path, body), 401, "AUTHENTICATION_REQUIRED")


def test_an_unknown_assignee_is_named(lan: Speaker, path: str, elsewhere: OtherHotel) -> None:
    for name in ("otto", "nobody"):
        assert fields_of(lan.patch(path, {"status": "pending", "assignedTo": name})) == ["assignedTo"]


def test_a_move_is_done_once_by_its_key(lan: Speaker, path: str) -> None:
    body = {"status": "in-progress", "version": 1}
    first = lan.patch(path, body, Idempotency_Key="move")
    again = lan.patch(path, body, Idempotency_Key="move")
    assert data_of(again) == data_of(first)
    assert again["Idempotent-Replayed"] == "true"
    assert GuestRequest.objects.get().version == 2
