"""Correcting what a request says."""

from __future__ import annotations

import pytest

from cluster.answers.problems import Conflict, PermissionDenied, RuleViolated
from cluster.models import Event, StreamHead
from requests_app import actions
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest
from tests import cast
from tests.cast import Hotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_it_works(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    actions.edit(
        by=cast.caller(hotel.lan), request_id=request.pk, changes={"guest_name": "ZOË", "room_number": "102"}
    )
    stored = GuestRequest.objects.get(pk=request.pk)
    assert (stored.guest_name, stored.guest_name_folded, stored.room_number, stored.version) == (
        "ZOË",
        "zoë",
        "102",
        2,
    )
    assert "102" in stored.search_folded


def test_the_event_names_what_changed_and_both_rooms_hear_it(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    actions.edit(by=cast.caller(hotel.lan), request_id=request.pk, changes={"room_number": "102"})
    event = Event.objects.get(name="request:updated")
    assert event.change["from"] == {"roomNumber": "101"}
    assert event.change["to"] == {"roomNumber": "102"}
    assert {"room:101", "room:102"} <= set(event.rooms)


def test_equal_values_change_and_tell_nothing(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    same = actions.edit(by=cast.caller(hotel.lan), request_id=request.pk, changes={"room_number": "101"})
    assert same.version == 1
    assert not Event.objects.filter(name="request:updated").exists()


def test_another_service_or_priority_moves_the_due_time_the_department_and_the_counters(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    edited = actions.edit(
        by=cast.caller(hotel.lan),
        request_id=request.pk,
        changes={"service_type": "housekeeping", "priority": 3},
    )
    assert edited.department == "housekeeping"
    assert edited.due_at is not None
    assert (edited.due_at - edited.created_at).total_seconds() == 20 * 60
    counters = StreamHead.objects.get(stream=hotel.property.pk).counters
    assert (counters["service:general"], counters["service:housekeeping"]) == (0, 1)
    assert counters["pressing"] == 1


def test_raising_it_to_pressing_is_told_to_the_staff_room(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    actions.edit(by=cast.caller(hotel.lan), request_id=request.pk, changes={"urgency": 3})
    assert Event.objects.get(name="request:urgent").change["reason"] == "priority"


def test_it_rejects_a_finished_request(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    actions.change_status(by=cast.caller(hotel.lan), request_id=request.pk, status=Status.COMPLETED)
    with pytest.raises(RuleViolated):
        actions.edit(by=cast.caller(hotel.lan), request_id=request.pk, changes={"guest_name": "x"})


def test_it_rejects_a_stale_version_and_a_guest(hotel: Hotel) -> None:
    guest = cast.guest(cast.checked_in(hotel.lan, hotel.property))
    request = cast.asked(guest, hotel.property)
    with pytest.raises(Conflict):
        actions.edit(
            by=cast.caller(hotel.lan), request_id=request.pk, changes={"guest_name": "x"}, expected=9
        )
    with pytest.raises(PermissionDenied):
        actions.edit(by=guest, request_id=request.pk, changes={"guest_name": "x"})


def test_whoever_comes_second_is_told_what_changed_and_by_whom(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    lan, hoa = cast.caller(hotel.lan), cast.caller(hotel.hoa)
    actions.edit(by=lan, request_id=request.pk, changes={"description": "Two, please"}, expected=1)
    actions.change_status(by=lan, request_id=request.pk, status=Status.IN_PROGRESS, expected=2)
    with pytest.raises(Conflict) as refused:
        actions.edit(by=hoa, request_id=request.pk, changes={"description": "Three"}, expected=1)
    told = {it["field"]: (it["current"], it.get("by")) for it in refused.value.details}
    assert told == {
        "version": (3, None),
        "status": ("in-progress", "lan"),
        "description": ("Two, please", "lan"),
    }


def test_only_what_came_after_the_version_seen_is_told(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    lan = cast.caller(hotel.lan)
    actions.edit(by=lan, request_id=request.pk, changes={"description": "Two, please"})
    actions.edit(by=lan, request_id=request.pk, changes={"guest_name": "Emma"})
    with pytest.raises(Conflict) as refused:
        actions.edit(by=lan, request_id=request.pk, changes={"guest_name": "Ema"}, expected=2)
    assert [it["field"] for it in refused.value.details] == ["version", "guestName"]
