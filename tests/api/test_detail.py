"""GET /api/request/:id."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cluster.answers import dumps
from requests_app.api.answers import RequestSerializer
from requests_app.models import GuestRequest
from tests import cast
from tests.api.speaking import Speaker, data_of, refusal_of
from tests.cast import Hotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def towels(hotel: Hotel) -> GuestRequest:
    return cast.asked(hotel.lan, hotel.property, "Two < three & more", assigned_to="minh")


def test_it_works(lan: Speaker, towels: GuestRequest) -> None:
    response = lan.get(f"/api/request/{towels.pk}")
    assert data_of(response)["requestText"] == "Two < three & more"
    assert response["ETag"] == '"1"'
    assert response["X-Stream-Cursor"].startswith("demo-hotel:")


@pytest.mark.parametrize("full", [True, False])
def test_the_lean_answer_is_the_documented_one(lan: Speaker, hotel: Hotel, full: bool) -> None:
    more = {
        "guest_name": "Zoë",
        "phone_number": "+8490",
        "items": ({"name": "Phở", "price": 1.5},),
        "total_amount": Decimal("12.50"),
        "delivery_time": timezone.now() + timedelta(days=1),
        "assigned_to": "minh",
        "priority": 3,
        "urgency": 2,
        "language": "vi",
    }
    request = cast.asked(hotel.lan, hotel.property, **(more if full else {}))
    documented = json.loads(dumps(RequestSerializer(GuestRequest.objects.get(pk=request.pk)).data))
    shown = data_of(lan.get(f"/api/request/{request.pk}"))
    assert shown == documented
    assert list(shown) == list(documented)
    (listed,) = data_of(lan.get("/api/request"))
    assert listed == documented


@pytest.mark.parametrize(
    "word",
    [
        *(
            "abc",
            "0",
            "-1",
            "1.5",
            "01",
            "+1",
            "99999",
            "9" * 18,
            "9" * 40,
            "١",
            "1%20",
            "cache-word",
            "1e3",
        )
    ],
)
def test_garbage_is_not_found_but_only_for_who_is_known(lan: Speaker, nobody: Speaker, word: str) -> None:
    for path in (word, f"{word}/history", f"{word}/messages"):
        refusal_of(lan.get(f"/api/request/{path}"), 404, "REQUEST_NOT_FOUND")
        refusal_of(nobody.get(f"/api/request/{path}"), 401, "AUTHENTICATION_REQUIRED")


def test_another_property_s_does_not_exist(otto: Speaker, towels: GuestRequest) -> None:
    refusal_of(otto.get(f"/api/request/{towels.pk}"), 404, "REQUEST_NOT_FOUND")


def test_a_guest_finds_their_own_alone(guest: Speaker, towels: GuestRequest) -> None:
    refusal_of(guest.get(f"/api/request/{towels.pk}"), 404, "REQUEST_NOT_FOUND")
    own = data_of(guest.post("/api/request", {"requestText": "Tea"}), 201)
    assert data_of(guest.get(f"/api/request/{own['id']}")) == own


def test_the_copy_one_has_is_not_sent_again(lan: Speaker, towels: GuestRequest) -> None:
    path = f"/api/request/{towels.pk}"
    for tag in ('"1"', 'W/"1"', '"7", "1"', "*"):
        response = lan.get(path, If_None_Match=tag)
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", '"1"')
    assert data_of(lan.get(path, If_None_Match='"2"'))


def test_being_overdue_is_another_etag(lan: Speaker, towels: GuestRequest) -> None:
    GuestRequest.objects.filter(pk=towels.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    response = lan.get(f"/api/request/{towels.pk}", If_None_Match='"1"')
    assert (data_of(response)["overdue"], response["ETag"]) == (True, '"1-overdue"')


def test_head_and_slash_answer_alike(lan: Speaker, towels: GuestRequest) -> None:
    path = f"/api/request/{towels.pk}"
    head = Client().head(path, headers=lan.headers)
    assert (head.status_code, head["ETag"], head.content) == (200, '"1"', b"")
    assert data_of(lan.get(f"{path}/")) == data_of(lan.get(path))


def test_options_tells_methods_and_nothing_else(nobody: Speaker, towels: GuestRequest) -> None:
    for path in (f"/api/request/{towels.pk}", "/api/request/99999"):
        response = Client().options(path)
        assert (response.status_code, response.content) == (204, b"")
        assert response["Allow"] == "GET, PATCH, DELETE, HEAD, OPTIONS"


def test_another_method_is_405(lan: Speaker, towels: GuestRequest) -> None:
    response = lan.put(f"/api/request/{towels.pk}", {})
    refusal_of(response, 405, "METHOD_NOT_ALLOWED")
    assert "PATCH" in response["Allow"]


def test_its_queries_are_few(lan: Speaker, towels: GuestRequest) -> None:
    path = f"/api/request/{towels.pk}"
    lan.get(path)
    with CaptureQueriesContext(connection) as seen:
        data_of(lan.get(path))
    assert len(seen) == 3, "who asks, where the stream stands, the row"


def test_an_unknown_path_is_an_envelope(lan: Speaker) -> None:
    refusal_of(lan.get("/api/nothing/here"), 404, "NOT_FOUND")
