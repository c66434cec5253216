"""The history of the demo: realistic, repeatable, and as right as if it had really happened."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from cluster.models import Event, StreamHead
from cluster.streams import Gone, read_log
from cluster.streams import history as history_of
from requests_app import recount
from requests_app.actions.changes import refresh_search
from requests_app.chronicle.writing import blank
from requests_app.demo import history
from requests_app.lifecycle import OPEN
from requests_app.models import GuestRequest
from requests_app.shown import shown_request
from security.models import Property
from tests import cast
from tests.cast import Hotel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
UNTIL = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def hotel() -> Hotel:
    return cast.demo_hotel()


def add(place: Property, number: int, seed: str = "seed") -> list[GuestRequest]:
    assert sum(history.add(place, number, until=UNTIL, seed=seed)) == number
    return list(GuestRequest.objects.filter(property=place).order_by("pk"))


def test_it_works(hotel: Hotel) -> None:
    requests = add(hotel.property, 300)
    assert len(requests) == 300
    assert all(UNTIL - timedelta(days=91) < request.created_at < UNTIL for request in requests)
    assert all(request.updated_at < UNTIL + timedelta(minutes=2) for request in requests)
    statuses = Counter(request.status for request in requests)
    assert statuses["completed"] > 200
    assert statuses["cancelled"] > 3
    assert sum(statuses[status] for status in OPEN) > 3
    assert len({request.language for request in requests}) > 5


def test_the_statistics_and_the_log_agree_with_it(hotel: Hotel) -> None:
    add(hotel.property, 300)
    assert recount.look(hotel.property).is_clean
    head = StreamHead.objects.get(stream=hotel.property.pk)
    seqs = Event.objects.filter(stream=hotel.property.pk).order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == list(range(1, head.seq + 1))
    assert head.counters["total"] == GuestRequest.objects.filter(deleted_at__isnull=True).count()


def test_it_goes_on_from_what_is_there(hotel: Hotel) -> None:
    asked = cast.asked(hotel.lan, hotel.property)
    add(hotel.property, 30)
    add(hotel.property, 30)
    assert recount.look(hotel.property).is_clean
    assert cast.asked(hotel.lan, hotel.property).pk > asked.pk + 60


def test_a_listener_of_before_must_reload_and_one_of_now_goes_on(hotel: Hotel) -> None:
    cast.asked(hotel.lan, hotel.property)
    add(hotel.property, 30)
    stream, head = hotel.property.pk, StreamHead.objects.get(stream=hotel.property.pk)
    assert read_log(stream, after=1, epoch=head.epoch, limit=10).gone is Gone.EXPIRED
    cast.asked(hotel.lan, hotel.property)
    assert [event.seq for event in read_log(stream, after=head.seq, epoch=head.epoch, limit=10).events] == [
        head.seq + 1
    ]


def test_every_request_has_the_history_of_its_columns(hotel: Hotel) -> None:
    for request in add(hotel.property, 150):
        events = list(history_of(hotel.property.pk, request.pk))
        assert events[0].name == "request:created"
        assert [event.at for event in events] == sorted(event.at for event in events)
        moves = [event for event in events if event.name == "request:status_changed"]
        assert request.status == (moves[-1].change["to"]["status"] if moves else "pending")
        is_removed = request.deleted_at is not None
        assert request.version == 1 + len(moves) + is_removed
        assert (events[-1].name == "request:deleted") is is_removed


def test_the_rows_are_as_the_actions_write_them(hotel: Hotel) -> None:
    for request in add(hotel.property, 60):
        folded = request.guest_name_folded, request.search_folded
        refresh_search(request)
        assert (request.guest_name_folded, request.search_folded) == folded
        assert shown_request(request)["priority"] in ("low", "medium", "high")
        assert isinstance(request.items, list)
        assert isinstance(request.assignment, dict)


def told(seed: str, place: Property) -> list[tuple[object, ...]]:
    fields = [name for name in blank() if name not in ("id", "property_id", "assignee_id", "created_by_id")]
    return list(
        GuestRequest.objects.filter(property=place).order_by("pk").values_list(*fields)
        if sum(history.add(place, 40, until=UNTIL, seed=seed))
        else []
    )


def test_the_same_seed_tells_the_same_story(hotel: Hotel) -> None:
    first = told("one", hotel.property)
    GuestRequest.objects.filter(property=hotel.property).delete()
    again = told("one", hotel.property)
    GuestRequest.objects.filter(property=hotel.property).delete()
    assert first == again
    assert first != told("two", hotel.property)


def test_a_hotel_with_nobody_in_it_has_unassigned_requests(hotel: Hotel) -> None:
    place = cast.open_property("empty-hotel")
    assert {request.assignee for request in add(place, 30)} == {None}
