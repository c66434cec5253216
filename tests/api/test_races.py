"""Calls that arrive at once, over real threads and connections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from requests_app.models import GuestRequest
from tests import cast
from tests.api.speaking import TOWELS, Speaker, data_of
from tests.cast import Hotel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

CALLS = 6


def at_once(call: Callable[[int], Any]) -> list[Any]:
    """Make ``CALLS`` calls in threads that start together."""
    start = Barrier(CALLS)

    def run(number: int) -> Any:
        try:
            start.wait(10)
            return call(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CALLS) as threads:
        return list(threads.map(run, range(CALLS)))


def statuses(responses: list[Any]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


def test_one_key_at_once_makes_one_request(hotel: Hotel, lan: Speaker) -> None:
    responses = at_once(lambda _: lan.post("/api/request", TOWELS, Idempotency_Key="twins"))
    assert statuses(responses) == {201: CALLS}
    assert len({data_of(response, 201)["id"] for response in responses}) == 1
    assert sum("Idempotent-Replayed" in response for response in responses) == CALLS - 1
    assert GuestRequest.objects.count() == 1


def test_of_changes_with_one_version_one_wins(hotel: Hotel, lan: Speaker) -> None:
    path = f"/api/request/{cast.asked(hotel.lan, hotel.property).pk}/status"
    responses = at_once(
        lambda number: lan.patch(path, {"status": "on-hold", "notes": f"{number}", "version": 1})
    )
    assert statuses(responses) == {200: 1, 409: CALLS - 1}
    assert GuestRequest.objects.get().version == 2


def test_of_moves_to_ends_one_wins(hotel: Hotel, lan: Speaker) -> None:
    path = f"/api/request/{cast.asked(hotel.lan, hotel.property).pk}/status"
    ends = [{"status": "completed"}, {"status": "cancelled", "notes": "No"}]
    responses = at_once(lambda number: lan.patch(path, ends[number % 2]))
    final = GuestRequest.objects.get()
    won = {response.json()["data"]["status"] for response in responses if response.status_code == 200}
    assert won == {final.status}
    assert final.version == 2


def test_the_hourly_limit_of_a_room_holds_at_once(hotel: Hotel, settings: Any) -> None:
    settings.MAX_REQUESTS_PER_ROOM_PER_HOUR = 2
    guest = Speaker(cast.header("Guest", cast.checked_in(hotel.lan, hotel.property).token))
    responses = at_once(lambda _: guest.post("/api/request", {"requestText": "Tea"}))
    assert statuses(responses) == {201: 2, 429: CALLS - 2}


def test_batches_in_opposite_order_both_finish(hotel: Hotel, lan: Speaker) -> None:
    ids = [cast.asked(hotel.lan, hotel.property).pk for _ in range(10)]
    orders = [ids, ids[::-1]]
    responses = at_once(
        lambda number: lan.post(
            "/api/request/bulk-assign",
            {"requestIds": orders[number % 2], "assignedTo": ["minh", "lan"][number % 2]},
        )
    )
    assert statuses(responses) == {200: CALLS}


def test_every_create_gets_its_own_number(hotel: Hotel, lan: Speaker) -> None:
    responses = at_once(lambda _: lan.post("/api/request", TOWELS))
    assert statuses(responses) == {201: CALLS}
    log = data_of(lan.get("/api/events"))
    assert [event["seq"] for event in log["events"]] == list(range(1, CALLS + 1))
    assert data_of(lan.get("/api/request/statistics"))["total"] == CALLS
