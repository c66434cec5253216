"""``propertyId`` on every endpoint: the other properties do not exist for that call."""

from __future__ import annotations

from typing import Any

import pytest

from tests import cast
from tests.api.speaking import Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def path(hotel: Hotel) -> str:
    return f"/api/request/{cast.asked(hotel.lan, hotel.property).pk}"


@pytest.mark.parametrize("name", ["demo-hotel", "own id"])
def test_it_works(admin: Speaker, hotel: Hotel, path: str, name: str) -> None:
    named = str(hotel.property.pk) if name == "own id" else name
    assert data_of(admin.get(path, {"propertyId": named}))["propertyId"] == "demo-hotel"
    done = data_of(admin.patch(f"{path}/status", {"status": "completed", "tenantId": named}))
    assert done["status"] == "completed"


def test_an_object_of_another_property_is_not_there(admin: Speaker, elsewhere: OtherHotel, path: str) -> None:
    named = {"propertyId": "other-hotel"}
    refusal_of(admin.get(path, named), 404, "REQUEST_NOT_FOUND")
    refusal_of(admin.patch(path, {"guestName": "x", **named}), 404, "REQUEST_NOT_FOUND")
    refusal_of(admin.delete(path, named), 404, "REQUEST_NOT_FOUND")


def test_a_batch_keeps_to_it(admin: Speaker, elsewhere: OtherHotel, path: str) -> None:
    pk = int(path.rsplit("/", 1)[1])
    body = {"requestIds": [pk], "status": "on-hold", "propertyId": "other-hotel"}
    refusal_of(admin.post("/api/request/bulk-update", body), 409, "BULK_REJECTED")
    assert data_of(admin.get(path))["status"] == "pending"


def test_a_property_that_is_not_theirs_is_404(lan: Speaker, elsewhere: OtherHotel, path: str) -> None:
    for named in ("other-hotel", "nope", str(elsewhere.property.pk)):
        refusal_of(lan.get(path, {"propertyId": named}), 404, "NOT_FOUND")


@pytest.mark.parametrize("named", ["a b", "é", {"x": 1}, True, 1.5])
def test_garbage_is_400_and_named(lan: Speaker, path: str, named: Any) -> None:
    assert fields_of(lan.patch(path, {"guestName": "x", "propertyId": named})) == ["propertyId"]
