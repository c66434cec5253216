"""Taking a request from one status to another."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from cluster.answers.problems import AuthenticationRequired, Conflict, Invalid, PermissionDenied, RuleViolated
from cluster.models import Event, StreamHead
from requests_app import actions
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest
from requests_app.problems import IllegalMove, RequestNotFound
from security.caller import ANONYMOUS
from tests import cast
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def events_of(request: GuestRequest) -> list[str]:
    rows = Event.objects.filter(subject=request.pk, stream=request.property_id)
    return list(rows.order_by("seq").values_list("name", flat=True))


def test_it_works(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    changed = actions.change_status(
        by=cast.caller(hotel.minh), request_id=request.pk, status=Status.IN_PROGRESS, assignee="minh"
    )
    stored = GuestRequest.objects.get(pk=request.pk)
    assert (stored.status, stored.version, stored.assignee) == ("in-progress", 2, hotel.minh)
    assert stored.started_at == stored.updated_at == changed.updated_at
    assert events_of(request) == ["request:created", "request:status_changed", "request:assigned"]


def test_the_counters_follow(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    actions.change_status(by=cast.caller(hotel.lan), request_id=request.pk, status=Status.COMPLETED)
    counters = StreamHead.objects.get(stream=hotel.property.pk).counters
    assert (counters["status:pending"], counters["status:completed"], counters["total"]) == (0, 1, 1)
    assert counters["completions"] == 1
    assert counters["completion_us"] > 0


def test_the_same_status_again_changes_and_tells_nothing(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    same = actions.change_status(by=cast.caller(hotel.lan), request_id=request.pk, status=Status.PENDING)
    assert same.version == 1
    assert events_of(request) == ["request:created"]


def test_a_new_note_on_the_same_status_applies(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    noted = actions.change_status(
        by=cast.caller(hotel.lan), request_id=request.pk, status=Status.PENDING, notes="asked twice"
    )
    assert (noted.version, noted.notes) == (2, "asked twice")
    assert events_of(request) == ["request:created", "request:updated"]


def test_it_rejects_an_illegal_move(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    by = cast.caller(hotel.lan)
    actions.change_status(by=by, request_id=request.pk, status=Status.CANCELLED, notes="guest left")
    for status in (Status.PENDING, Status.IN_PROGRESS, Status.ON_HOLD, Status.COMPLETED):
        with pytest.raises(IllegalMove):
            actions.change_status(by=by, request_id=request.pk, status=status, notes="try")


def test_it_rejects_cancelling_without_notes(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    with pytest.raises(RuleViolated, match="notes"):
        actions.change_status(by=cast.caller(hotel.lan), request_id=request.pk, status=Status.CANCELLED)


def test_only_a_manager_reopens_and_says_why(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    actions.change_status(by=cast.caller(hotel.lan), request_id=request.pk, status=Status.COMPLETED)
    with pytest.raises(PermissionDenied):
        actions.change_status(
            by=cast.caller(hotel.lan), request_id=request.pk, status=Status.IN_PROGRESS, notes="not clean"
        )
    with pytest.raises(RuleViolated):
        actions.change_status(by=cast.caller(hotel.hoa), request_id=request.pk, status=Status.IN_PROGRESS)
    reopened = actions.change_status(
        by=cast.caller(hotel.hoa), request_id=request.pk, status=Status.IN_PROGRESS, notes="not clean"
    )
    assert (reopened.status, reopened.completed_at) == ("in-progress", None)


def test_a_stale_version_is_told_before_anything_else(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    actions.change_status(by=cast.caller(hotel.lan), request_id=request.pk, status=Status.COMPLETED)
    with pytest.raises(Conflict) as refused:
        actions.change_status(
            by=cast.caller(hotel.lan), request_id=request.pk, status=Status.PENDING, expected=1
        )
    assert refused.value.details[0]["current"] == 2


def test_holding_stops_the_clock(hotel: Hotel) -> None:
    by = cast.caller(hotel.lan)
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as clock:
        request = cast.asked(hotel.lan, hotel.property)
        due = request.due_at
        actions.change_status(by=by, request_id=request.pk, status=Status.ON_HOLD, notes="waiting")
        clock.shift(timedelta(minutes=30))
        resumed = actions.change_status(by=by, request_id=request.pk, status=Status.IN_PROGRESS)
    assert due is not None
    assert resumed.due_at == due + timedelta(minutes=30)
    assert resumed.held_for == timedelta(minutes=30)


def test_it_rejects_an_assignee_from_another_property(hotel: Hotel, elsewhere: OtherHotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    with pytest.raises(Invalid, match="assignedTo"):
        actions.change_status(
            by=cast.caller(hotel.lan), request_id=request.pk, assignee=elsewhere.otto.username
        )


def test_department_staff_change_what_is_theirs_or_nobodys(hotel: Hotel) -> None:
    minh = cast.caller(hotel.minh)
    unassigned = cast.asked(hotel.lan, hotel.property)
    departments = cast.asked(hotel.lan, hotel.property, service_type="housekeeping", assigned_to="lan")
    anothers = cast.asked(hotel.lan, hotel.property, assigned_to="lan")
    for mine in (unassigned, departments):
        assert actions.change_status(by=minh, request_id=mine.pk, status=Status.COMPLETED).version == 2
    with pytest.raises(PermissionDenied):
        actions.change_status(by=minh, request_id=anothers.pk, status=Status.COMPLETED)


def test_otto_and_strangers_find_nothing(hotel: Hotel, elsewhere: OtherHotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    with pytest.raises(RequestNotFound):
        actions.change_status(by=cast.caller(elsewhere.otto), request_id=request.pk, status=Status.COMPLETED)
    with pytest.raises(AuthenticationRequired):
        actions.change_status(by=ANONYMOUS, request_id=request.pk, status=Status.COMPLETED)


def test_a_guest_cancels_their_own_pending_request_and_nothing_else(hotel: Hotel) -> None:
    guest = cast.guest(cast.checked_in(hotel.lan, hotel.property))
    neighbour = cast.guest(cast.checked_in(hotel.lan, hotel.property, room="102"))
    request = cast.asked(guest, hotel.property)
    with pytest.raises(PermissionDenied):
        actions.change_status(by=guest, request_id=request.pk, status=Status.COMPLETED)
    with pytest.raises(RequestNotFound):
        actions.change_status(by=neighbour, request_id=request.pk, status=Status.CANCELLED, notes="no")
    cancelled = actions.change_status(
        by=guest, request_id=request.pk, status=Status.CANCELLED, notes="never mind"
    )
    assert cancelled.status == "cancelled"


def test_a_guest_can_not_cancel_what_is_being_done(hotel: Hotel) -> None:
    guest = cast.guest(cast.checked_in(hotel.lan, hotel.property))
    request = cast.asked(guest, hotel.property)
    actions.change_status(by=cast.caller(hotel.lan), request_id=request.pk, status=Status.IN_PROGRESS)
    with pytest.raises(PermissionDenied):
        actions.change_status(by=guest, request_id=request.pk, status=Status.CANCELLED, notes="too late")
