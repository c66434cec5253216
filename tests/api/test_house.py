"""GET /api/property, /api/services, /api/staff; PATCH /api/staff/:username."""

from __future__ import annotations

import pytest

from tests import cast
from tests.api.speaking import Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_everybody_known_sees_their_property(
    lan: Speaker, guest: Speaker, admin: Speaker, elsewhere: OtherHotel
) -> None:
    (place,) = data_of(lan.get("/api/property"))
    assert (place["propertyId"], place["name"], place["timezone"]) == (
        "demo-hotel",
        "Demo Hotel",
        "Asia/Ho_Chi_Minh",
    )
    assert data_of(guest.get("/api/property")) == [place]
    assert len(data_of(admin.get("/api/property"))) == 2


def test_services_are_named_in_the_caller_s_language(lan: Speaker, hotel: Hotel) -> None:
    first = data_of(lan.get("/api/services"))[0]
    assert (first["code"], first["name"], first["department"]) == (
        "room-service",
        "Room service",
        "front-desk",
    )
    assert first["minutes"] == {"low": 60, "medium": 40, "high": 20}
    assert data_of(lan.get("/api/services", Accept_Language="vi"))[0]["name"] == "Phục vụ phòng"
    hotel.lan.language = "vi"
    hotel.lan.save()
    assert data_of(lan.get("/api/services", Accept_Language="en"))[0]["name"] == "Phục vụ phòng"


def test_a_guest_reads_services_in_the_stay_s_language(lan: Speaker, hotel: Hotel) -> None:
    stay = data_of(lan.post("/api/stay", {"roomNumber": "101", "language": "vi-VN"}), 201)
    guest = Speaker(cast.header("Guest", stay["token"]))
    assert data_of(guest.get("/api/services"))[0]["name"] == "Phục vụ phòng"


def test_staff_come_with_duty_and_load(lan: Speaker, hotel: Hotel) -> None:
    cast.on_duty(hotel.minh, hotel.property)
    cast.asked(hotel.lan, hotel.property, assigned_to="minh")
    people = {person["username"]: person for person in data_of(lan.get("/api/staff"))}
    assert set(people) == {"hoa", "lan", "minh"}
    assert people["minh"] == {
        "username": "minh",
        "displayName": "Minh",
        "role": "housekeeping",
        "propertyId": "demo-hotel",
        "onDuty": True,
        "openRequests": 1,
    }


def test_people_go_on_duty_and_off(lan: Speaker, minh: Speaker) -> None:
    assert data_of(minh.patch("/api/staff/minh", {"onDuty": True}))["onDuty"] is True
    assert data_of(lan.patch("/api/staff/minh", {"on_duty": False}))["onDuty"] is False
    refusal_of(minh.patch("/api/staff/lan", {"onDuty": True}), 403, "PERMISSION_DENIED")


@pytest.mark.parametrize("value", [None, "true", 1, "", []])
def test_duty_is_true_or_false(lan: Speaker, value: object) -> None:
    assert fields_of(lan.patch("/api/staff/minh", {"onDuty": value})) == ["onDuty"]
    assert fields_of(lan.patch("/api/staff/minh", {})) == ["onDuty"]


def test_somebody_of_elsewhere_is_not_found(lan: Speaker, admin: Speaker, elsewhere: OtherHotel) -> None:
    for name in ("otto", "nobody", "x" * 200):
        refusal_of(lan.patch(f"/api/staff/{name}", {"onDuty": True}), 404, "NOT_FOUND")
    assert fields_of(admin.patch("/api/staff/otto", {"onDuty": True})) == ["propertyId"]
    body = {"onDuty": True, "propertyId": "other-hotel"}
    assert data_of(admin.patch("/api/staff/otto", body))["onDuty"] is True
