"""GET /api/request and the lists beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_app.models import GuestRequest
from security.models import Property
from tests import cast
from tests.api.speaking import Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def three(hotel: Hotel) -> list[GuestRequest]:
    """Towels for Zoë in 101, a broken tap in 205, and tea for José in 101, which Minh has."""
    return [
        cast.asked(hotel.lan, hotel.property, "Towels", guest_name="ZOË Ng", service_type="housekeeping"),
        cast.asked(hotel.lan, hotel.property, "Broken tap", room_number="205", service_type="maintenance"),
        cast.asked(hotel.lan, hotel.property, "Tea", guest_name="José", assigned_to="minh", priority=1),
    ]


def texts(response: Any) -> list[str]:
    return [row["requestText"] for row in data_of(response)]


def test_it_works(lan: Speaker, three: list[GuestRequest], hotel: Hotel) -> None:
    response = lan.get("/api/request")
    assert texts(response) == ["Tea", "Broken tap", "Towels"]
    assert response.json()["pagination"] == {
        "page": 1,
        "limit": 20,
        "total": 3,
        "totalPages": 1,
        "totalIsEstimate": False,
        "nextCursor": None,
        "previousCursor": None,
    }
    slug, epoch, seq = response["X-Stream-Cursor"].split(":")
    assert (slug, int(seq) > 3, bool(epoch)) == ("demo-hotel", True, True)


def test_nobody_sees_another_property(otto: Speaker, admin: Speaker, three: list[GuestRequest]) -> None:
    assert texts(otto.get("/api/request")) == []
    assert len(texts(admin.get("/api/request"))) == 3
    assert admin.get("/api/request")["X-Stream-Cursor"].count(",") == 1


def test_a_property_can_be_named(
    admin: Speaker, lan: Speaker, three: list[GuestRequest], elsewhere: OtherHotel
) -> None:
    assert texts(admin.get("/api/request", {"propertyId": "other-hotel"})) == []
    assert len(texts(admin.get("/api/request", {"tenantId": "demo-hotel"}))) == 3
    refusal_of(lan.get("/api/request", {"propertyId": "other-hotel"}), 404, "NOT_FOUND")
    assert fields_of(lan.get("/api/request", {"propertyId": "a b"})) == ["propertyId"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "pending"}, 3),
        ({"status": "completed,cancelled"}, 0),
        ({"status": ["completed", "pending,cancelled"]}, 3),
        ({"status": "Đã ghi nhận"}, 3),
        ({"priority": "high"}, 1),
        ({"priority": "low,high"}, 2),
        ({"urgency": "urgent,critical"}, 1),
        ({"serviceType": "housekeeping,maintenance"}, 2),
        ({"service_type": "it_support"}, 0),
        ({"roomNumber": "10"}, 2),
        ({"guestName": "zoë"}, 1),
        ({"guest_name": "JOSÉ"}, 1),
        ({"assignedTo": "minh"}, 1),
        ({"assignedTo": "none"}, 2),
        ({"assignedTo": "me"}, 0),
        ({"search": "tap"}, 1),
        ({"search": "REQ-"}, 3),
        ({"overdue": "false"}, 3),
        ({"overdue": "true"}, 0),
        ({"startDate": "2020-01-01"}, 3),
        ({"endDate": "2020-01-01T00:00:00+07:00"}, 0),
        ({"startDate": "2020-01-01T00:00:00 07:00"}, 3),
        ({"search": "", "roomNumber": ""}, 3),
        ({"colour": "red"}, 3),
        ({"status": "pending", "roomNumber": "101", "search": "tea"}, 1),
    ],
)
def test_it_filters(lan: Speaker, three: list[GuestRequest], query: dict[str, Any], found: int) -> None:
    response = lan.get("/api/request", query)
    assert len(texts(response)) == found
    assert response.json()["pagination"]["total"] == found


@pytest.mark.parametrize(
    ("name", "values"),
    {
        "status": ["done", "pending,done", ",", "PENDING", "", "pending,"],
        "priority": ["urgent", "3", "High"],
        "urgency": ["high"],
        "serviceType": ["Room Service", "<x>", "spa", "housekeeping,spa"],
        "overdue": ["maybe", "2", ""],
        "assignedTo": ["otto", "nobody"],
        "startDate": ["yesterday", "2026-02-30", "1"],
        "endDate": ["2026-13-01"],
        "page": ["0", "-1", "x", "1.5", "٣"],
        "limit": ["0", "101", "x", "-5"],
        "cursor": ["x", "é", "W10", "x" * 600, "AAAA"],
        "sortBy": ["name", "created", "-created_at"],
        "sortOrder": ["up", "DESC"],
        "search": ["x" * 201],
    }.items(),
)
def test_a_known_name_with_a_bad_value_is_refused(lan: Speaker, name: str, values: list[str]) -> None:
    for value in values:
        assert fields_of(lan.get("/api/request", {name: value})) == [name], value


def test_control_characters_are_no_filter(lan: Speaker) -> None:
    response = lan.get("/api/request", {"search": "a\x00b"})
    assert fields_of(response, 400, "INPUT_SANITIZATION_FAILED") == ["search"]


def test_an_inverted_range_is_refused(lan: Speaker) -> None:
    query = {"startDate": "2026-02-01", "endDate": "2026-01-01"}
    assert fields_of(lan.get("/api/request", query)) == ["endDate"]


def test_a_bare_date_is_a_day_of_the_property(lan: Speaker, hotel: Hotel, three: list[GuestRequest]) -> None:
    # 18:30 UTC is already the next day in Ho Chi Minh City.
    GuestRequest.objects.filter(pk=three[0].pk).update(created_at=datetime(2026, 3, 1, 18, 30, tzinfo=UTC))
    assert texts(lan.get("/api/request", {"startDate": "2026-03-02", "endDate": "2026-03-02"})) == ["Towels"]
    assert texts(lan.get("/api/request", {"startDate": "2026-03-01", "endDate": "2026-03-01"})) == []


def test_pages_beyond_the_bound_name_the_cursor(lan: Speaker) -> None:
    for query in ({"page": "101", "limit": "100"}, {"page": "99999999999"}):
        assert "cursor" in refusal_of(lan.get("/api/request", query), 400, "VALIDATION_ERROR")["error"]


@pytest.mark.parametrize("sort", ["created_at", "updatedAt", "priority", "roomNumber", "due_at"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_cursors_walk_there_and_back(
    lan: Speaker, three: list[GuestRequest], sort: str, direction: str
) -> None:
    query = {"sortBy": sort, "sortOrder": direction, "limit": 1}
    whole = texts(lan.get("/api/request", query | {"limit": 100}))
    pages = [lan.get("/api/request", query)]
    while cursor := pages[-1].json()["pagination"]["nextCursor"]:
        pages.append(lan.get("/api/request", query | {"cursor": cursor}))
    assert [text for page in pages for text in texts(page)] == whole
    back = pages[-1].json()["pagination"]["previousCursor"]
    assert texts(lan.get("/api/request", query | {"cursor": back})) == [whole[-2]]


def test_a_cursor_of_another_order_is_refused(lan: Speaker, three: list[GuestRequest]) -> None:
    cursor = lan.get("/api/request", {"limit": 1}).json()["pagination"]["nextCursor"]
    assert fields_of(lan.get("/api/request", {"sortBy": "due_at", "cursor": cursor})) == ["cursor"]


def test_a_guest_sees_their_stay_s_alone_and_reduced(
    guest: Speaker, hotel: Hotel, three: list[GuestRequest]
) -> None:
    data_of(guest.post("/api/request", {"requestText": "The tap is broken"}), 201)
    (own,) = data_of(guest.get("/api/request"))
    assert own["requestText"] == "The tap is broken"
    assert not {"notes", "assignedTo", "escalationLevel"} & own.keys()
    refusal_of(guest.get("/api/request", {"assignedTo": "minh"}), 403, "PERMISSION_DENIED")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("pending", 2),
        ("completed", 1),
        ("room/101", 2),
        ("room/10", 0),
        ("guest/zoë", 1),
        ("status/pending", 2),
        ("status/in_progress", 0),
        ("status/Hoàn thành", 1),
        ("priority/high", 1),
        ("assigned/minh", 1),
        ("assigned/me", 0),
        ("assigned/none", 2),
        ("urgent", 1),
        ("pending?search=tap", 1),
        ("status/pending?status=completed", 2),
    ],
)
def test_paths_narrow_the_list(lan: Speaker, three: list[GuestRequest], path: str, found: int) -> None:
    data_of(lan.patch(f"/api/request/{three[0].pk}/status", {"status": "completed"}))
    assert len(texts(lan.get(f"/api/request/{path}"))) == found


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("status/done", "status"),
        ("priority/urgent", "priority"),
        ("room/1%2001", "roomNumber"),
        ("guest/%20", "guestName"),
        ("urgent?limit=0", "limit"),
    ],
)
def test_paths_that_mean_nothing_are_refused(lan: Speaker, path: str, field: str) -> None:
    assert fields_of(lan.get(f"/api/request/{path}")) == [field]


def test_the_most_pressing_come_first(lan: Speaker, hotel: Hotel) -> None:
    for text, more in [("a", {"priority": 3}), ("b", {"urgency": 3}), ("c", {}), ("d", {"urgency": 2})]:
        cast.asked(hotel.lan, hotel.property, text, **more)
    first = lan.get("/api/request/urgent", {"limit": 2})
    assert texts(first) == ["b", "d"]
    assert first.json()["pagination"]["total"] == 3
    cursor = first.json()["pagination"]["nextCursor"]
    assert texts(lan.get("/api/request/urgent", {"cursor": cursor})) == ["a"]


PATHS = ["/api/request?limit=100", "/api/request?limit=100&status=pending", "/api/request/urgent?limit=100"]


def queries_of(speaker: Speaker, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        data_of(speaker.get(path))
    return len(seen)


@pytest.mark.parametrize("path", PATHS)
def test_its_queries_are_constant(hotel: Hotel, path: str) -> None:
    """Who asks, where the stream stands, the rows; the next time only where the streams stand."""
    for rows in (1, 20, 100):
        while GuestRequest.objects.count() < rows:
            cast.asked(hotel.lan, hotel.property, "Leak", assigned_to="minh")
        lan = Speaker(cast.bearer(hotel.lan))
        assert queries_of(lan, path) == 3, rows
        assert queries_of(lan, path) == 1, rows


def test_more_than_twenty_properties_have_no_cursor(admin: Speaker, hotel: Hotel) -> None:
    Property.objects.bulk_create([Property(slug=f"hotel-{number}", name="Hotel") for number in range(20)])
    assert "X-Stream-Cursor" not in admin.get("/api/request")
    assert "X-Stream-Cursor" in admin.get("/api/request", {"propertyId": "demo-hotel"})


def test_overdue_is_told_by_the_clock(lan: Speaker, three: list[GuestRequest]) -> None:
    late = datetime.now(UTC) - timedelta(minutes=1)
    GuestRequest.objects.filter(pk=three[1].pk).update(due_at=late)
    (row,) = data_of(lan.get("/api/request", {"overdue": "true"}))
    assert (row["requestText"], row["overdue"]) == ("Broken tap", True)
