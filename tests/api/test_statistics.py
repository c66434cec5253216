"""GET /api/request/statistics and /performance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from requests_app.models import GuestRequest
from tests import cast
from tests.api.speaking import Speaker, data_of, fields_of, refusal_of
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

PATH = "/api/request/statistics"


@pytest.fixture
def four(lan: Speaker, hotel: Hotel) -> list[GuestRequest]:
    found = [cast.asked(hotel.lan, hotel.property, priority=number % 3 + 1) for number in range(4)]
    data_of(lan.patch(f"/api/request/{found[0].pk}/status", {"status": "completed"}))
    data_of(lan.patch(f"/api/request/{found[1].pk}/status", {"status": "cancelled", "notes": "No"}))
    return found


def test_it_works(lan: Speaker, four: list[GuestRequest]) -> None:
    response = lan.get(PATH)
    found = data_of(response)
    counts = ("total", "pending", "inProgress", "onHold", "completed", "cancelled", "urgent", "overdue")
    assert [found[name] for name in counts] == [4, 2, 0, 0, 1, 1, 1, 0]
    assert found["byPriority"] == {"low": 2, "medium": 1, "high": 1}
    assert found["byStatus"]["pending"] == 2
    assert found["byUrgency"] == {"normal": 4, "urgent": 0, "critical": 0}
    assert found["byServiceType"] == {"general": 4}
    assert found["completionRate"] == pytest.approx(1 / 3, abs=0.001)
    assert found["averageResponseMinutes"] is None
    assert "series" not in found
    assert response["X-Stream-Cursor"].startswith("demo-hotel:")


def test_a_range_counts_what_was_created_in_it(lan: Speaker, four: list[GuestRequest], hotel: Hotel) -> None:
    today = timezone.now().astimezone().date()
    wide = {
        "startDate": (today - timedelta(days=2)).isoformat(),
        "endDate": (today + timedelta(days=2)).isoformat(),
    }
    assert data_of(lan.get(PATH, wide))["total"] == 4
    assert data_of(lan.get(PATH, {"endDate": "2020-01-01"}))["total"] == 0
    now = datetime.now(UTC).isoformat()
    assert data_of(lan.get(PATH, {"start_date": now}))["total"] == 0


@pytest.mark.parametrize("granularity", ["hour", "day", "week", "month"])
def test_a_series_adds_up(lan: Speaker, four: list[GuestRequest], granularity: str) -> None:
    (bucket,) = data_of(lan.get(PATH, {"granularity": granularity}))["series"]
    assert (bucket["total"], bucket["completed"]) == (4, 1)
    assert bucket["start"]
    assert bucket["averageCompletionMinutes"] >= 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"startDate": "x"}, "startDate"),
        ({"endDate": "2026-02-30"}, "endDate"),
        ({"granularity": "year"}, "granularity"),
        ({"startDate": "2026-02-02", "endDate": "2026-02-01"}, "endDate"),
        ({"startDate": "2020-01-01", "granularity": "hour"}, "granularity"),
    ],
)
def test_a_bad_value_is_named(lan: Speaker, query: dict[str, str], field: str) -> None:
    assert fields_of(lan.get(PATH, query)) == [field]


@pytest.mark.parametrize("year", ["0001", "1899", "9999"])
def test_dates_out_of_reach_are_refused(lan: Speaker, year: str) -> None:
    for day in (f"{year}-01-01", f"{year}-12-31T23:59:59Z"):
        assert fields_of(lan.get(PATH, {"startDate": day})) == ["startDate"]


def test_several_properties_add_up(admin: Speaker, four: list[GuestRequest], elsewhere: OtherHotel) -> None:
    cast.asked(elsewhere.otto, elsewhere.property)
    assert data_of(admin.get(PATH))["total"] == 5
    assert data_of(admin.get(PATH, {"propertyId": "other-hotel"}))["total"] == 1


def test_guests_have_no_statistics(guest: Speaker) -> None:
    refusal_of(guest.get(PATH), 403, "PERMISSION_DENIED")


def test_performance_tells_operations_node_by_node(
    hoa: Speaker, lan: Speaker, four: list[GuestRequest]
) -> None:
    found = data_of(hoa.get("/api/request/performance"))
    assert found["operations"]["request.status"]["count"] >= 2
    assert set(found["operations"]["request.status"]) == {"count", "avg", "p50", "p95", "p99"}
    (node,) = found["nodes"]
    assert node["operations"] == found["operations"]
    refusal_of(lan.get("/api/request/performance"), 403, "PERMISSION_DENIED")
