"""POST /api/request/bulk-update, bulk-assign, bulk-delete."""

from __future__ import annotations

import pytest

from requests_app.models import GuestRequest
from tests import cast
from tests.api.speaking import Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

UPDATE, ASSIGN, DELETE = (f"/api/request/bulk-{verb}" for verb in ("update", "assign", "delete"))


@pytest.fixture
def ids(hotel: Hotel) -> list[int]:
    return [cast.asked(hotel.lan, hotel.property).pk for _ in range(3)]


def statuses() -> list[str]:
    return list(GuestRequest.objects.order_by("pk").values_list("status", flat=True))


def test_it_works(lan: Speaker, ids: list[int]) -> None:
    body = {"requestIds": [*ids, ids[0]], "status": "in_progress", "assignedTo": "minh"}
    done = data_of(lan.post(UPDATE, body))
    assert (done["updated"], done["failed"], done["total"]) == (3, 0, 3)
    assert done["results"] == [{"id": pk, "ok": True} for pk in ids]
    assert statuses() == ["in-progress"] * 3
    assert data_of(lan.post(UPDATE, body))["updated"] == 3


def test_assigning_and_deleting_answer_alike(lan: Speaker, hoa: Speaker, ids: list[int]) -> None:
    assert data_of(lan.post(ASSIGN, {"request_ids": ids, "assigned_to": "minh"}))["updated"] == 3
    assert data_of(lan.post(ASSIGN, {"requestIds": ids, "assignedTo": None}))["updated"] == 3
    assert data_of(hoa.post(DELETE, {"requestIds": ids[:2], "notes": "Tests"}))["updated"] == 2
    assert len(data_of(lan.get("/api/request"))) == 1


def test_atomic_with_one_bad_id_changes_nothing(lan: Speaker, elsewhere: OtherHotel, ids: list[int]) -> None:
    foreign = cast.asked(elsewhere.otto, elsewhere.property).pk
    for bad in (foreign, 10**9, 0, -1, 2**62, 2**64 - 1):
        response = lan.post(UPDATE, {"requestIds": [ids[0], bad], "status": "completed"})
        (entry,) = refusal_of(response, 409, "BULK_REJECTED")["details"]
        assert (entry["field"], entry["id"], entry["code"]) == ("requestIds[1]", bad, "REQUEST_NOT_FOUND")
    assert statuses()[:3] == ["pending"] * 3


def test_partial_does_what_it_can(lan: Speaker, ids: list[int]) -> None:
    data_of(lan.patch(f"/api/request/{ids[1]}/status", {"status": "cancelled", "notes": "No"}))
    body = {"requestIds": [*ids, 999_999], "status": "completed", "mode": "partial"}
    done = data_of(lan.post(UPDATE, body))
    assert (done["updated"], done["failed"], done["total"]) == (2, 2, 4)
    codes = [item.get("code") for item in done["results"]]
    assert codes == [None, "INVALID_STATUS_TRANSITION", None, "REQUEST_NOT_FOUND"]
    assert done["results"][3]["error"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "completed"}, "requestIds"),
        ({"requestIds": [], "status": "completed"}, "requestIds"),
        ({"requestIds": list(range(1, 502)), "status": "completed"}, "requestIds"),
        ({"requestIds": "1,2", "status": "completed"}, "requestIds"),
        ({"requestIds": {"0": 1}, "status": "completed"}, "requestIds"),
        ({"requestIds": [1, "2"], "status": "completed"}, "requestIds[1]"),
        ({"requestIds": [1.5], "status": "completed"}, "requestIds[0]"),
        ({"requestIds": [True], "status": "completed"}, "requestIds[0]"),
        ({"requestIds": [None], "status": "completed"}, "requestIds[0]"),
        ({"requestIds": [10**30], "status": "completed"}, "requestIds[0]"),
        ({"requestIds": [1], "status": "done"}, "status"),
        ({"requestIds": [1]}, "status"),
        ({"requestIds": [1], "status": "completed", "mode": "half"}, "mode"),
        ({"requestIds": [1], "status": "completed", "notes": "x" * 501}, "notes"),
    ],
)
def test_it_names_a_wrong_field(lan: Speaker, body: dict[str, object], field: str) -> None:
    assert fields_of(lan.post(UPDATE, body)) == [field]


def test_an_unknown_assignee_is_the_call_s_fault(lan: Speaker, ids: list[int]) -> None:
    for mode in ("atomic", "partial"):
        body = {"requestIds": ids, "assignedTo": "otto", "mode": mode}
        assert fields_of(lan.post(ASSIGN, body)) == ["assignedTo"]
    assert fields_of(lan.post(ASSIGN, {"requestIds": ids})) == ["assignedTo"]


def test_who_may(lan: Speaker, minh: Speaker, guest: Speaker, nobody: Speaker, ids: list[int]) -> None:
    body = {"requestIds": ids, "status": "completed"}
    refusal_of(minh.post(UPDATE, body), 403, "PERMISSION_DENIED")
    refusal_of(minh.post(UPDATE, {}), 403, "PERMISSION_DENIED")
    refusal_of(guest.post(UPDATE, body), 403, "PERMISSION_DENIED")
    refusal_of(nobody.post(UPDATE, {}), 401, "AUTHENTICATION_REQUIRED")
    refusal_of(lan.post(DELETE, {"requestIds": ids}), 403, "PERMISSION_DENIED")


def test_a_batch_is_done_once_by_its_key(lan: Speaker, ids: list[int]) -> None:
    body = {"requestIds": ids, "status": "completed"}
    first, again = (lan.post(UPDATE, body, Idempotency_Key="batch") for _ in range(2))
    assert data_of(first) == data_of(again)
    assert again["Idempotent-Replayed"] == "true"
