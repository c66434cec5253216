"""Opening a request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings

from cluster.answers.problems import (
    AuthenticationRequired,
    Invalid,
    LimitExceeded,
    NotFound,
    PermissionDenied,
)
from cluster.models import Event, StreamHead
from requests_app.models import Duty, GuestRequest, HouseRules
from security.caller import ANONYMOUS
from security.models import Membership, Role
from tests import cast
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_it_works(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    stored = GuestRequest.objects.get(pk=request.pk)
    assert stored.status == "pending"
    assert stored.version == 1
    assert stored.order_id.startswith("REQ-")
    assert stored.source == "staff"
    assert stored.department == "front-desk"
    assert stored.due_at == stored.created_at + timedelta(minutes=60)


def test_it_is_news_and_counted_in_the_same_transaction(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    head = StreamHead.objects.get(stream=hotel.property.pk)
    event = Event.objects.get(stream=hotel.property.pk)
    assert (event.seq, event.name, event.subject) == (head.seq, "request:created", request.pk)
    assert head.counters["total"] == head.counters["status:pending"] == 1


def test_an_alarm_word_raises_it_and_never_refuses(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property, "Water LEAK in the bathroom", priority=1)
    assert (request.priority, request.urgency) == (3, 2)


def test_the_alarm_words_are_the_propertys_own(hotel: Hotel) -> None:
    HouseRules.objects.filter(pk=hotel.property.pk).update(alarm_words=["spider"])
    assert cast.asked(hotel.lan, hotel.property, "water leak").priority == 2
    assert cast.asked(hotel.lan, hotel.property, "A Spider!").priority == 3


def test_a_pressing_one_goes_to_whoever_of_the_department_has_least_to_do(hotel: Hotel) -> None:
    cast.on_duty(hotel.minh, hotel.property)
    anh = cast.member("anh", Role.HOUSEKEEPING, hotel.property)
    cast.on_duty(anh, hotel.property)
    first = cast.asked(hotel.lan, hotel.property, "urgent towels", service_type="housekeeping")
    second = cast.asked(hotel.lan, hotel.property, "urgent towels", service_type="housekeeping")
    assert (first.assignee, second.assignee) == (anh, hotel.minh)
    assert first.assignment["rule"] == "fewest-open"
    assert {"username": "minh", "open": 0} in first.assignment["candidates"]


def test_a_tie_goes_to_the_longest_idle(hotel: Hotel) -> None:
    anh = cast.member("anh", Role.HOUSEKEEPING, hotel.property)
    for user in (anh, hotel.minh):
        cast.on_duty(user, hotel.property)
    given = cast.asked(hotel.lan, hotel.property, assigned_to="anh")
    GuestRequest.objects.filter(pk=given.pk).update(assignee=None)
    assert cast.asked(hotel.lan, hotel.property, "urgent", service_type="housekeeping").assignee == hotel.minh


def test_somebody_off_duty_or_disabled_is_not_chosen(hotel: Hotel) -> None:
    cast.on_duty(hotel.minh, hotel.property)
    Membership.objects.filter(user=hotel.minh).update(is_active=False)
    request = cast.asked(hotel.lan, hotel.property, "urgent towels", service_type="housekeeping")
    assert request.assignee is None


def test_with_nobody_on_duty_the_staff_room_hears_it_is_unassigned(hotel: Hotel) -> None:
    cast.asked(hotel.lan, hotel.property, "urgent towels", service_type="housekeeping")
    urgent = Event.objects.get(name="request:urgent")
    assert "staff" in urgent.rooms
    assert urgent.change["reason"] == "unassigned"


def test_a_normal_one_waits_for_somebody_to_take_it(hotel: Hotel) -> None:
    cast.on_duty(hotel.lan, hotel.property)
    assert cast.asked(hotel.hoa, hotel.property).assignee is None


def test_choosing_remembers_the_time(hotel: Hotel) -> None:
    cast.on_duty(hotel.minh, hotel.property)
    request = cast.asked(hotel.lan, hotel.property, "urgent", service_type="housekeeping")
    assert Duty.objects.get(membership__user=hotel.minh).last_assigned_at == request.created_at


def test_a_guest_asks_for_their_own_room(hotel: Hotel) -> None:
    guest = cast.guest(cast.checked_in(hotel.lan, hotel.property))
    request = cast.asked(guest, hotel.property, room_number="")
    assert (request.room_number, request.guest_name, request.source) == ("101", "Zoë Ng", "guest")


def test_it_rejects_a_guest_asking_for_another_room(hotel: Hotel) -> None:
    guest = cast.guest(cast.checked_in(hotel.lan, hotel.property))
    with pytest.raises(PermissionDenied):
        cast.asked(guest, hotel.property, room_number="102")


@override_settings(MAX_REQUESTS_PER_ROOM_PER_HOUR=3)
def test_it_rejects_the_fourth_of_a_room_within_the_hour(hotel: Hotel) -> None:
    guest = cast.guest(cast.checked_in(hotel.lan, hotel.property))
    for _ in range(3):
        cast.asked(guest, hotel.property)
    with pytest.raises(LimitExceeded) as refused:
        cast.asked(guest, hotel.property)
    assert 0 < (refused.value.retry_after or 0) <= 3601
    assert cast.asked(hotel.lan, hotel.property).pk, "staff are not limited so"


@override_settings(MAX_REQUESTS_PER_ROOM_PER_HOUR=1)
def test_it_does_not_count_what_staff_opened_or_an_hour_ago(hotel: Hotel) -> None:
    cast.asked(hotel.lan, hotel.property)
    guest = cast.guest(cast.checked_in(hotel.lan, hotel.property))
    old = cast.asked(guest, hotel.property)
    GuestRequest.objects.filter(pk=old.pk).update(created_at=old.created_at - timedelta(minutes=61))
    assert cast.asked(guest, hotel.property).pk


def test_it_rejects_an_unknown_service_and_an_unknown_assignee(hotel: Hotel) -> None:
    with pytest.raises(Invalid, match="serviceType"):
        cast.asked(hotel.lan, hotel.property, service_type="laundry")
    with pytest.raises(Invalid, match="assignedTo"):
        cast.asked(hotel.lan, hotel.property, assigned_to="otto")
    assert not GuestRequest.objects.exists()
    assert not Event.objects.filter(stream=hotel.property.pk).exists()


def test_it_rejects_otto_as_if_the_property_were_not_there(hotel: Hotel, elsewhere: OtherHotel) -> None:
    with pytest.raises(NotFound):
        cast.asked(elsewhere.otto, hotel.property)


def test_it_rejects_strangers_unless_the_property_lets_them(hotel: Hotel) -> None:
    with pytest.raises(AuthenticationRequired):
        cast.asked(ANONYMOUS, hotel.property)
    HouseRules.objects.filter(pk=hotel.property.pk).update(allow_anonymous=True)
    assert cast.asked(ANONYMOUS, hotel.property).source == "anonymous"
