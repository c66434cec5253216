"""POST and GET /api/stay, PATCH /api/stay/:id, POST /api/stay/:id/check-out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests import cast
from tests.api.speaking import Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TOMORROW = (timezone.now() + timedelta(days=1)).isoformat()


def opened(lan: Speaker, **more: object) -> Any:
    return data_of(lan.post("/api/stay", {"roomNumber": "101", "checkOut": TOMORROW} | more), 201)


def by_token(stay: Any) -> Speaker:
    return Speaker(cast.header("Guest", stay["token"]))


def test_it_works(lan: Speaker, hotel: Hotel) -> None:
    stay = opened(lan, guestName="Mai Trần", language="vi")
    assert stay["url"] == f"http://testserver/s/{stay['token']}"
    assert (stay["roomNumber"], stay["guestName"], stay["language"]) == ("101", "Mai Trần", "vi")
    assert data_of(by_token(stay).get("/api/request")) == []
    (listed,) = data_of(lan.get("/api/stay"))
    assert listed == {name: value for name, value in stay.items() if name not in ("token", "url")}
    assert data_of(lan.get("/api/stay", {"roomNumber": "102"})) == []


def test_without_check_out_it_ends_at_noon_tomorrow(lan: Speaker, hotel: Hotel) -> None:
    stay = data_of(lan.post("/api/stay", {"roomNumber": "101"}), 201)
    assert stay["checkOut"].endswith("T05:00:00Z"), "noon in Ho Chi Minh City"
    assert opened(lan, checkOut="2026-12-24", roomNumber="102")["checkOut"] == "2026-12-24T05:00:00Z"


@pytest.mark.parametrize(
    ("field", "values"),
    {
        "roomNumber": [None, "", "1 1", 5],
        "checkOut": ["soon", "2020-01-01", "2020-01-01T10:00:00Z", "2999-01-01", 5],
        "guestName": ["x" * 101, 5],
        "language": ["english please"],
    }.items(),
)
def test_it_names_a_wrong_field(lan: Speaker, field: str, values: list[object]) -> None:
    for value in values:
        response = lan.post("/api/stay", {"roomNumber": "101", "checkOut": TOMORROW, field: value})
        assert fields_of(response) == [field], value


def test_the_guest_moves_and_stays_longer(lan: Speaker) -> None:
    stay = opened(lan)
    later = (timezone.now() + timedelta(days=5)).replace(microsecond=0)
    moved = data_of(
        lan.patch(f"/api/stay/{stay['id']}", {"roomNumber": "202", "checkOut": later.isoformat()})
    )
    assert (moved["roomNumber"], moved["checkOut"]) == ("202", later.isoformat().replace("+00:00", "Z"))
    assert data_of(by_token(stay).post("/api/request", {"requestText": "Tea"}), 201)["roomNumber"] == "202"
    assert fields_of(lan.patch(f"/api/stay/{stay['id']}", {"checkOut": "2020-01-01"})) == ["checkOut"]


def test_after_check_out_the_token_is_dead(lan: Speaker) -> None:
    stay = opened(lan)
    assert data_of(lan.post(f"/api/stay/{stay['id']}/check-out"))["checkedOutAt"]
    refusal_of(by_token(stay).get("/api/request"), 401, "AUTHENTICATION_REQUIRED")
    assert data_of(lan.get("/api/stay")) == []
    refusal_of(lan.post(f"/api/stay/{stay['id']}/check-out"), 422, "BUSINESS_RULE_VIOLATION")


def test_the_next_guest_of_the_room_sees_nothing(lan: Speaker) -> None:
    first = opened(lan)
    data_of(by_token(first).post("/api/request", {"requestText": "Tea"}), 201)
    data_of(lan.post(f"/api/stay/{first['id']}/check-out"))
    second = by_token(opened(lan))
    assert data_of(second.get("/api/request")) == []
    assert data_of(second.get("/api/events"))["events"] == []


def test_who_may(lan: Speaker, minh: Speaker, otto: Speaker, guest: Speaker, nobody: Speaker) -> None:
    path = f"/api/stay/{opened(lan)['id']}"
    for who, status, code in [
        *((minh, 403, "PERMISSION_DENIED"), (guest, 404, "NOT_FOUND")),
        *((otto, 404, "NOT_FOUND"), (nobody, 401, "AUTHENTICATION_REQUIRED")),
    ]:
        refusal_of(who.patch(path, {"roomNumber": ""}), status, code)
        refusal_of(who.post(f"{path}/check-out"), status, code)
    for word in ("abc", "0", "9" * 30, "-1"):
        refusal_of(lan.patch(f"/api/stay/{word}", {}), 404, "NOT_FOUND")


def test_an_answer_with_a_token_is_replayed_to_who_asked(lan: Speaker) -> None:
    body = {"roomNumber": "101", "checkOut": TOMORROW}
    first, again = (lan.post("/api/stay", body, Idempotency_Key="stay") for _ in range(2))
    assert data_of(first, 201) == data_of(again, 201)
    assert first["Cache-Control"] == "no-store"
