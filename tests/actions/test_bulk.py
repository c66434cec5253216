"""The same change to many requests."""

from __future__ import annotations

import pytest

from cluster.answers.problems import PermissionDenied
from cluster.models import Event, StreamHead
from requests_app import actions
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest
from requests_app.problems import BulkRejected
from tests import cast
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def three(hotel: Hotel) -> list[int]:
    return [cast.asked(hotel.lan, hotel.property).pk for _ in range(3)]


def statuses(ids: list[int]) -> set[str]:
    return set(GuestRequest.objects.filter(pk__in=ids).values_list("status", flat=True))


def test_it_works_and_is_one_event(hotel: Hotel, three: list[int]) -> None:
    results = actions.bulk_change(by=cast.caller(hotel.lan), request_ids=three, status=Status.IN_PROGRESS)
    assert [result.ok for result in results] == [True] * 3
    assert statuses(three) == {"in-progress"}
    assert Event.objects.filter(name="request:bulk_status_changed").count() == 1
    assert StreamHead.objects.get(stream=hotel.property.pk).counters["status:in-progress"] == 3


def test_atomic_with_one_bad_id_changes_nothing(
    hotel: Hotel, elsewhere: OtherHotel, three: list[int]
) -> None:
    foreign = cast.asked(elsewhere.otto, elsewhere.property).pk
    with pytest.raises(BulkRejected) as refused:
        actions.bulk_change(by=cast.caller(hotel.lan), request_ids=[*three, foreign], status=Status.COMPLETED)
    [bad] = refused.value.details
    assert (bad["field"], bad["id"], bad["code"]) == ("requestIds[3]", foreign, "REQUEST_NOT_FOUND")
    assert statuses(three) == {"pending"}


def test_partial_does_what_can_be_done(hotel: Hotel, three: list[int]) -> None:
    lan = cast.caller(hotel.lan)
    actions.change_status(by=lan, request_id=three[0], status=Status.CANCELLED, notes="left")
    results = actions.bulk_change(by=lan, request_ids=[*three, 10**9], status=Status.COMPLETED, partial=True)
    codes = [result.problem.code if result.problem else "" for result in results]
    assert codes == ["INVALID_STATUS_TRANSITION", "", "", "REQUEST_NOT_FOUND"]


def test_repeated_ids_collapse_and_a_repeat_counts_as_done(hotel: Hotel, three: list[int]) -> None:
    lan = cast.caller(hotel.lan)
    actions.bulk_change(by=lan, request_ids=three, status=Status.COMPLETED)
    before = Event.objects.count()
    results = actions.bulk_change(by=lan, request_ids=[*three, three[0]], status=Status.COMPLETED)
    assert [result.ok for result in results] == [True] * 3
    assert Event.objects.count() == before


def test_assigning_tells_each_assignee(hotel: Hotel, three: list[int]) -> None:
    actions.bulk_assign(by=cast.caller(hotel.lan), request_ids=three, assignee="minh")
    assert set(GuestRequest.objects.values_list("assignee__username", flat=True)) == {"minh"}
    assert Event.objects.filter(name="request:assigned").count() == 3


def test_removing_is_for_managers(hotel: Hotel, three: list[int]) -> None:
    with pytest.raises(PermissionDenied):
        actions.bulk_remove(by=cast.caller(hotel.lan), request_ids=three)
    actions.bulk_remove(by=cast.caller(hotel.hoa), request_ids=three)
    assert StreamHead.objects.get(stream=hotel.property.pk).counters["total"] == 0


def test_it_rejects_department_staff(hotel: Hotel, three: list[int]) -> None:
    with pytest.raises(PermissionDenied):
        actions.bulk_change(by=cast.caller(hotel.minh), request_ids=three, status=Status.COMPLETED)
