"""Raising what was not done in time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any

import orjson
import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from cluster.models import Event, StreamHead
from cluster.streams import Work, unit_of_work
from requests_app import actions
from requests_app.guest_view import guest_frame
from requests_app.lifecycle import HIGHEST_LEVEL, Status
from requests_app.models import GuestRequest
from requests_app.models.request import CLIMBING
from requests_app.shown import shown_request
from tests import cast
from tests.cast import Hotel, OtherHotel
from tests.requests_jobs.conftest import LIMIT, ask, escalate, level

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

MINUTE = timedelta(minutes=1)


def urgent() -> list[dict[str, Any]]:
    """Return what was told of requests that are late, in order."""
    frames = Event.objects.filter(name="request:urgent").order_by("seq").values_list("frame", flat=True)
    told = [orjson.loads(frame or "")["data"] for frame in frames]
    return [data for data in told if data["reason"] == "sla"]


def move(hotel: Hotel, request: GuestRequest, status: Status) -> None:
    actions.change_status(by=cast.caller(hotel.hoa), request_id=request.pk, status=status, notes="so")


def test_it_works(hotel: Hotel, towels: GuestRequest, clock: Traveller) -> None:
    assert escalate() == 0
    clock.shift(LIMIT)
    assert escalate() == 1
    stored = GuestRequest.objects.get(pk=towels.pk)
    assert (stored.escalation_level, stored.version, stored.updated_at) == (1, 2, timezone.now())


def test_it_grows_at_each_further_half(towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT - MINUTE)
    grown = []
    for _ in range(40):
        clock.shift(MINUTE)
        grown.append((escalate(), level(towels)))
    assert grown == [(int(minute % 10 == 0), 1 + minute // 10) for minute in range(40)]
    assert [data["escalationLevel"] for data in urgent()] == [1, 2, 3, 4]


def test_twice_in_a_row_does_nothing(towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT)
    assert (escalate(), escalate()) == (1, 0)
    assert len(urgent()) == 1


def test_levels_that_were_slept_through_are_told_as_one(towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(2 * LIMIT)
    assert escalate() == 1
    assert [data["escalationLevel"] for data in urgent()] == [3]


def test_it_ends_at_the_highest_level(towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(timedelta(days=30))
    assert (escalate(), level(towels)) == (1, HIGHEST_LEVEL)
    clock.shift(timedelta(days=30))
    assert escalate() == 0


def test_the_staff_room_hears_why_and_how_far(towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT)
    escalate()
    event = Event.objects.filter(name="request:urgent").latest("seq")
    assert event.change == {"actor": {"kind": "system"}, "reason": "sla"}
    assert {"staff", "room:101", "property:demo-hotel"} <= set(event.rooms)
    (data,) = urgent()
    assert (data["escalationLevel"], data["request"]["escalationLevel"], data["version"]) == (1, 1, 2)


def test_the_history_keeps_both_levels(towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT)
    escalate()
    change = Event.objects.get(name="request:updated").change
    assert (change["from"], change["to"]) == ({"escalationLevel": 0}, {"escalationLevel": 1})


def test_the_guest_learns_the_version_and_nothing_of_the_level(hotel: Hotel, clock: Traveller) -> None:
    stay = cast.checked_in(hotel.lan, hotel.property)
    request = cast.asked(cast.guest(stay), hotel.property)
    clock.shift(timedelta(days=1))
    escalate()
    heard = [event for event in Event.objects.order_by("seq") if f"stay:{stay.stay.pk}" in event.rooms]
    assert [event.name for event in heard] == ["request:created", "request:updated"]
    seen = guest_frame(orjson.loads(heard[-1].frame or ""), stay.stay.pk)
    assert seen is not None
    assert (seen["data"]["version"], seen["data"]["changed"]) == (2, [])
    assert "escalationLevel" not in str(seen)
    assert level(request) == HIGHEST_LEVEL


def test_the_news_equals_a_fresh_look(towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT + MINUTE)
    escalate()
    (data,) = urgent()
    fresh = shown_request(GuestRequest.objects.select_related("property", "assignee").get(pk=towels.pk))
    assert data["request"] == orjson.loads(orjson.dumps(fresh, option=orjson.OPT_UTC_Z))


def test_a_held_request_does_not_escalate(hotel: Hotel, towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT - MINUTE)
    move(hotel, towels, Status.ON_HOLD)
    clock.shift(timedelta(days=1))
    assert escalate() == 0
    move(hotel, towels, Status.IN_PROGRESS)
    assert escalate() == 0
    clock.shift(MINUTE)
    assert (escalate(), level(towels)) == (1, 1)


def test_a_hold_puts_the_next_level_off(hotel: Hotel, towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT)
    escalate()
    move(hotel, towels, Status.ON_HOLD)
    clock.shift(timedelta(days=1))
    move(hotel, towels, Status.IN_PROGRESS)
    clock.shift(LIMIT / 2 - MINUTE)
    assert escalate() == 0
    clock.shift(MINUTE)
    assert (escalate(), level(towels)) == (1, 2)


@pytest.mark.parametrize("end", [Status.COMPLETED, Status.CANCELLED])
def test_what_is_over_does_not_escalate(
    hotel: Hotel, towels: GuestRequest, clock: Traveller, end: Status
) -> None:
    move(hotel, towels, end)
    clock.shift(timedelta(days=1))
    assert escalate() == 0


def test_what_was_deleted_does_not_escalate(hotel: Hotel, towels: GuestRequest, clock: Traveller) -> None:
    actions.remove(by=cast.caller(hotel.hoa), request_id=towels.pk)
    clock.shift(timedelta(days=1))
    assert escalate() == 0


def test_a_longer_limit_takes_the_level_back(hotel: Hotel, towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT)
    escalate()
    edit(hotel, towels, priority=1)
    assert (level(towels), escalate()) == (0, 0)


def test_a_longer_limit_that_is_over_too_takes_it_back_to_where_it_belongs(
    hotel: Hotel, towels: GuestRequest, clock: Traveller
) -> None:
    clock.shift(3 * LIMIT)
    escalate()
    assert level(towels) == 5
    edit(hotel, towels, priority=2)
    medium = GuestRequest.objects.get(pk=towels.pk)
    assert medium.due_at is not None
    assert medium.due_at < timezone.now()
    assert (level(towels), escalate()) == (1, 0)


def test_a_shorter_limit_is_told_when_it_raises(hotel: Hotel, clock: Traveller) -> None:
    request = cast.asked(hotel.lan, hotel.property, service_type="housekeeping", priority=1)
    clock.shift(2 * LIMIT)
    edit(hotel, request, priority=3)
    assert level(request) == 0
    assert (escalate(), level(request)) == (1, 3)


def test_on_hold_a_new_limit_counts_to_the_hold(hotel: Hotel, towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT)
    escalate()
    move(hotel, towels, Status.ON_HOLD)
    clock.shift(timedelta(days=1))
    edit(hotel, towels, priority=1)
    assert level(towels) == 0


def edit(hotel: Hotel, request: GuestRequest, **changes: object) -> None:
    actions.edit(by=cast.caller(hotel.lan), request_id=request.pk, changes=changes)


def test_the_catalogue_of_today_does_not_change_a_promise(
    hotel: Hotel, towels: GuestRequest, clock: Traveller
) -> None:
    hotel.property.service_types.filter(code="housekeeping").update(minutes_high=600, is_active=False)
    clock.shift(LIMIT + LIMIT / 2)
    assert (escalate(), level(towels)) == (1, 2)


def test_the_statistics_stay_as_they_are(hotel: Hotel, towels: GuestRequest, clock: Traveller) -> None:
    before = StreamHead.objects.get(stream=hotel.property.pk).counters
    clock.shift(LIMIT)
    escalate()
    assert StreamHead.objects.get(stream=hotel.property.pk).counters == before


def test_it_goes_batch_by_batch_the_longest_due_first(hotel: Hotel, clock: Traveller) -> None:
    requests = []
    for number in range(5):
        requests.append(ask(hotel, room_number=f"10{number}"))
        clock.shift(MINUTE)
    clock.shift(LIMIT)
    counts = [actions.escalate(now=timezone.now(), limit=2) for _ in range(4)]
    assert counts == [2, 2, 1, 0]
    assert [data["id"] for data in urgent()] == [request.pk for request in requests]


def test_every_property_is_looked_after(hotel: Hotel, elsewhere: OtherHotel, towels: GuestRequest) -> None:
    other = cast.asked(elsewhere.otto, elsewhere.property)
    assert actions.escalate(now=timezone.now() + timedelta(days=1), limit=100) == 2
    assert (level(towels), level(other)) == (HIGHEST_LEVEL, HIGHEST_LEVEL)


def test_with_nothing_late_it_asks_once_and_opens_no_unit(
    towels: GuestRequest, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert escalate() == 0


def test_an_index_of_its_own_serves_the_search() -> None:
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # On a table this small any plan may win; no other index gives this order without a sort.
            with connection.cursor() as cursor:
                for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                    cursor.execute(f"SET LOCAL enable_{way} = off")
        rows = GuestRequest.objects.filter(CLIMBING, due_at__lte=timezone.now()).order_by("due_at", "pk")
        assert "request_climbing" in rows.explain()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_escalate_once(hotel: Hotel, towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT)
    both_have_looked = Barrier(2, timeout=10)

    @contextmanager
    def unit() -> Iterator[Work]:
        both_have_looked.wait()
        with unit_of_work() as work:
            yield work

    def run(_: int) -> int:
        try:
            return actions.escalate(now=timezone.now(), limit=100, unit=unit)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(run, range(2))) == [0, 1]
    assert level(towels) == 1
    assert len(urgent()) == 1
