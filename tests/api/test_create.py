"""POST /api/request."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from requests_app.models import GuestRequest, HouseRules
from tests import cast
from tests.api.speaking import TOWELS, Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def created(speaker: Speaker, **more: object) -> Any:
    return data_of(speaker.post("/api/request", TOWELS | more), 201)


def test_it_works(lan: Speaker, hotel: Hotel) -> None:
    response = lan.post("/api/request", TOWELS)
    made = data_of(response, 201)
    assert made["requestText"] == TOWELS["requestText"]
    assert (made["status"], made["priority"], made["urgency"]) == ("pending", "medium", "normal")
    assert (made["propertyId"], made["source"], made["currency"]) == ("demo-hotel", "staff", "VND")
    assert made["orderId"].startswith("REQ-")
    assert response["Location"] == f"/api/request/{made['id']}"
    assert response["ETag"] == '"1"'
    assert data_of(lan.get(response["Location"])) == made


def test_it_tells_everything_that_is_missing_at_once(lan: Speaker) -> None:
    assert fields_of(lan.post("/api/request", {"guestName": "Zoë"})) == ["requestText", "roomNumber"]


@pytest.mark.parametrize(
    ("field", "values"),
    {
        "requestText": ["", "   ", None, 5, ["x"], {"a": 1}, True, "x" * 1001],
        "roomNumber": ["", None, 101, "1 01", "x" * 11, "10/1", "１０１"],
        "guestName": ["x" * 101, 7, ["Zoë"]],
        "phoneNumber": ["0901234567", "++84", "84a", "1" * 17, 84901234567, "٣٤٥"],
        "serviceType": ["spa", "Housekeeping", "", 3, "x" * 31, "a b"],
        "priority": ["urgent", "HIGH", "", 1, ["high"], "x\ny"],
        "urgency": ["high", "", 2],
        "description": ["x" * 501, 1],
        "specialInstructions": ["x" * 501, False],
        "orderType": ["x" * 51],
        "deliveryTime": [
            "soon",
            "2020-01-01T10:00:00Z",
            1893456000,
            "2030-13-01T10:00:00Z",
            "9999-12-31T23:59:59Z",
        ],
        "items": [
            "towels",
            {"a": 1},
            7,
            "[",
            list(range(101)),
            [[[[[[1]]]]]],
            [{"text": "x" * 9000}, "y" * 9000],
        ],
        "totalAmount": [
            0,
            -1,
            "0.00",
            "1.234",
            "abc",
            "NaN",
            "Infinity",
            1e30,
            True,
            "1e3",
            "1234567890123",
            [],
        ],
        "currency": ["vnd", "VN", "DONG", 704],
        "language": ["english please", "x", 5, "v" * 36],
        "assignedTo": ["nobody-here", 5, "x" * 151],
    }.items(),
)
def test_it_names_a_wrong_field(lan: Speaker, field: str, values: list[object]) -> None:
    for value in values:
        response = lan.post("/api/request", TOWELS | {field: value})
        assert fields_of(response)[0].startswith(field), value


@pytest.mark.parametrize(
    "field", ["requestText", "roomNumber", "guestName", "serviceType", "priority", "items"]
)
@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\x85b", "x" * 10_001])
def test_it_refuses_what_is_no_text(lan: Speaker, field: str, text: str) -> None:
    value: object = [{"name": text}] if field == "items" else text
    response = lan.post("/api/request", TOWELS | {field: value})
    assert fields_of(response, 400, "INPUT_SANITIZATION_FAILED") == [field]


@pytest.mark.parametrize(
    "text",
    [
        *("2 < 3 & 5 > 4", "temp <25C", "AT&T", "O'Brien", "<3", "🛁 thêm khăn", "منشفتان من فضلك"),
        "a\tb\nc\r\nd",
    ],
)
def test_innocent_text_comes_back_to_the_letter(lan: Speaker, text: str) -> None:
    response = lan.post("/api/request", TOWELS | {"requestText": f"  {text} "})
    assert data_of(response, 201)["requestText"] == text
    assert not set(b"<>&") & set(response.content)


def test_it_takes_every_field(lan: Speaker, hotel: Hotel) -> None:
    said = {
        "guestName": "Zoë",
        "phoneNumber": "+84 90.123-4567",
        "serviceType": "room_service",
        "priority": "low",
        "urgency": "critical",
        "description": "d",
        "specialInstructions": "s",
        "orderType": "breakfast",
        "deliveryTime": "2030-05-01T18:30:00+02:00",
        "items": [{"name": "Phở", "count": 2}],
        "totalAmount": 12.5,
        "currency": "EUR",
        "language": "vi-VN",
        "assignedTo": "minh",
    }
    changed = {
        "phoneNumber": "+84901234567",
        "serviceType": "room-service",
        "deliveryTime": "2030-05-01T16:30:00Z",
        "totalAmount": "12.50",
    }
    made = created(lan, **said)
    assert {name: made[name] for name in said} == said | changed
    assert made["assignee"] == {"username": "minh", "displayName": "Minh"}


def test_a_time_without_an_offset_is_the_property_s(lan: Speaker) -> None:
    assert created(lan, deliveryTime="2030-05-01T18:30:00")["deliveryTime"] == "2030-05-01T11:30:00Z"


def test_items_of_an_old_client_are_a_text(lan: Speaker) -> None:
    assert created(lan, items='[{"name": "Tea"}]')["items"] == [{"name": "Tea"}]


def test_old_and_snake_names_are_understood(lan: Speaker) -> None:
    said = {
        "request_content": "Towels",
        "room_number": "102",
        "guest_name": "A",
        "service_type": "it_support",
    }
    made = data_of(lan.post("/api/request", said | {"tenantId": "demo-hotel", "assigned_to": "lan"}), 201)
    assert [made[name] for name in ("requestText", "roomNumber", "guestName", "assignedTo")] == [
        *("Towels", "102", "A", "lan")
    ]


def test_camel_case_wins_over_snake_case(lan: Speaker) -> None:
    assert created(lan, room_number="999")["roomNumber"] == "101"


def test_unknown_and_read_only_fields_are_ignored(lan: Speaker) -> None:
    made = created(
        lan, id=5, status="completed", version=9, orderId="X", createdAt="x", colour="red", notes=1
    )
    assert (made["status"], made["version"]) == ("pending", 1)
    assert made["id"] != 5 or made["orderId"] != "X"


def test_null_is_absent(lan: Speaker) -> None:
    optional = (
        "guestName",
        "phoneNumber",
        "serviceType",
        "priority",
        "urgency",
        "items",
        "totalAmount",
        "currency",
    )
    made = created(lan, **dict.fromkeys((*optional, "deliveryTime", "assignedTo", "language", "propertyId")))
    assert (made["serviceType"], made["priority"], made["items"]) == ("general", "medium", [])


@pytest.mark.parametrize("body", ["{", '{"requestText": NaN}', '{"a":1,"a":2}', "nonsense", '"\\ud800"'])
def test_malformed_json_is_told_as_such(lan: Speaker, body: str) -> None:
    assert "JSON" in refusal_of(lan.post("/api/request", body), 400, "VALIDATION_ERROR")["error"]


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_a_body_that_is_no_object_is_refused(lan: Speaker, body: object) -> None:
    refusal_of(lan.post("/api/request", json.dumps(body)), 400, "VALIDATION_ERROR")


def test_another_media_type_is_415(lan: Speaker) -> None:
    response = Client().post("/api/request", {"requestText": "x"}, headers=lan.headers)
    refusal_of(response, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_huge_body_is_413(lan: Speaker) -> None:
    refusal_of(lan.post("/api/request", {"requestText": "x" * 3_000_000}), 413, "PAYLOAD_TOO_LARGE")


def test_a_guest_asks_for_their_own_room_and_sees_the_reduced_form(guest: Speaker) -> None:
    made = data_of(guest.post("/api/request", {"requestText": "Towels"}), 201)
    assert (made["roomNumber"], made["guestName"], made["source"]) == ("101", "Zoë Ng", "guest")
    assert not {"notes", "assignedTo", "escalationLevel"} & made.keys()
    refusal_of(guest.post("/api/request", TOWELS | {"roomNumber": "102"}), 403, "PERMISSION_DENIED")


def test_an_alarm_word_raises_it_and_minh_on_duty_gets_it(lan: Speaker, hotel: Hotel) -> None:
    cast.on_duty(hotel.minh, hotel.property)
    made = created(lan, requestText="The tap is BROKEN!")
    assert (made["priority"], made["urgency"], made["assignedTo"]) == ("high", "urgent", "minh")


def test_strangers_are_refused_before_anything_else(
    nobody: Speaker, hotel: Hotel, elsewhere: OtherHotel
) -> None:
    for body in (TOWELS, {}, "{"):
        response = nobody.post("/api/request", body)
        refusal_of(response, 401, "AUTHENTICATION_REQUIRED")
        assert response["WWW-Authenticate"]


def test_strangers_may_where_the_house_lets_them(
    nobody: Speaker, hotel: Hotel, elsewhere: OtherHotel
) -> None:
    HouseRules.objects.filter(property=hotel.property).update(allow_anonymous=True)
    made = created(nobody, propertyId="demo-hotel")
    assert (made["propertyId"], made["source"]) == ("demo-hotel", "anonymous")
    assert "notes" not in made
    assert fields_of(nobody.post("/api/request", {})) == ["requestText", "roomNumber"]
    assert fields_of(nobody.post("/api/request", TOWELS)) == ["propertyId"]
    refusal_of(
        nobody.post("/api/request", TOWELS | {"propertyId": "other-hotel"}), 401, "AUTHENTICATION_REQUIRED"
    )


def test_somebody_of_several_properties_names_one(
    admin: Speaker, hotel: Hotel, elsewhere: OtherHotel
) -> None:
    assert fields_of(admin.post("/api/request", TOWELS)) == ["propertyId"]
    assert created(admin, propertyId="other-hotel")["propertyId"] == "other-hotel"
    assert created(admin, tenantId=hotel.property.pk)["propertyId"] == "demo-hotel"


def test_another_property_does_not_exist(lan: Speaker, elsewhere: OtherHotel) -> None:
    refusal_of(lan.post("/api/request", TOWELS | {"propertyId": "other-hotel"}), 404, "NOT_FOUND")
    assert fields_of(lan.post("/api/request", TOWELS | {"propertyId": {"a": 1}})) == ["propertyId"]


def test_a_key_needs_its_scope_and_may_be_a_voice(hotel: Hotel) -> None:
    reader = Speaker(cast.api_key(hotel.property, "request:read"))
    refusal_of(reader.post("/api/request", {}), 403, "PERMISSION_DENIED")
    maker = Speaker(cast.api_key(hotel.property, "request:create"))
    assert created(maker)["source"] == "api"
    assert created(maker, source="voice")["source"] == "voice"


def test_the_eleventh_of_a_room_within_an_hour_waits(guest: Speaker) -> None:
    for _ in range(10):
        data_of(guest.post("/api/request", {"requestText": "Towels"}), 201)
    response = guest.post("/api/request", {"requestText": "Towels"})
    assert refusal_of(response, 429, "RATE_LIMIT_EXCEEDED")["retryAfter"] > 3000
    assert int(response["Retry-After"]) > 3000


def test_the_same_key_makes_one_request(lan: Speaker) -> None:
    first = lan.post("/api/request", TOWELS, Idempotency_Key="k1")
    again = lan.post("/api/request", TOWELS, Idempotency_Key="k1")
    assert data_of(again, 201) == data_of(first, 201)
    assert again["Idempotent-Replayed"] == "true"
    assert again["ETag"] == first["ETag"]
    assert GuestRequest.objects.count() == 1
    refusal_of(
        lan.post("/api/request", TOWELS | {"roomNumber": "1"}, Idempotency_Key="k1"),
        422,
        "IDEMPOTENCY_CONFLICT",
    )


def test_a_repeated_call_is_not_judged_again(lan: Speaker) -> None:
    later = datetime.now(UTC) + timedelta(minutes=5)
    body = TOWELS | {"deliveryTime": later.isoformat()}
    first = data_of(lan.post("/api/request", body, Idempotency_Key="k3"), 201)
    with travel(later + timedelta(minutes=1)):
        assert data_of(lan.post("/api/request", body, Idempotency_Key="k3"), 201) == first
        assert fields_of(lan.post("/api/request", body)) == ["deliveryTime"]


def test_its_queries_are_few(lan: Speaker, hotel: Hotel) -> None:
    data_of(lan.post("/api/request", TOWELS), 201)
    counts = set()
    for _ in range(3):
        with CaptureQueriesContext(connection) as seen:
            data_of(lan.post("/api/request", TOWELS), 201)
        counts.add(len([query for query in seen if "SAVEPOINT" not in query["sql"]]))
    assert len(counts) == 1
    assert max(counts) <= 8


def test_a_refusal_is_not_remembered(lan: Speaker) -> None:
    refusal_of(
        lan.post("/api/request", TOWELS | {"serviceType": "spa"}, Idempotency_Key="k2"),
        400,
        "VALIDATION_ERROR",
    )
    data_of(lan.post("/api/request", TOWELS, Idempotency_Key="k2"), 201)


def test_due_time_follows_service_and_priority(lan: Speaker) -> None:
    made = created(lan, priority="low")
    passed = datetime.fromisoformat(made["dueAt"]) - datetime.fromisoformat(made["createdAt"])
    assert passed.total_seconds() == 120 * 60
    assert datetime.fromisoformat(made["createdAt"]).tzinfo == UTC
