"""Checking in, moving, checking out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cluster.answers.problems import AuthenticationRequired, Invalid, NotFound, PermissionDenied, RuleViolated
from requests_app import actions
from security.authentication import authenticate
from tests import cast
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_it_works(hotel: Hotel) -> None:
    opened = cast.checked_in(hotel.lan, hotel.property)
    assert cast.guest(opened).stay_id == opened.stay.pk


def test_the_token_moves_with_the_guest(hotel: Hotel) -> None:
    opened = cast.checked_in(hotel.lan, hotel.property)
    actions.move_stay(by=cast.caller(hotel.lan), stay_id=opened.stay.pk, room_number="202")
    assert cast.asked(cast.guest(opened), hotel.property, room_number="").room_number == "202"


def test_check_out_ends_the_token(hotel: Hotel) -> None:
    opened = cast.checked_in(hotel.lan, hotel.property)
    actions.check_out(by=cast.caller(hotel.lan), stay_id=opened.stay.pk)
    with pytest.raises(AuthenticationRequired):
        authenticate(f"Guest {opened.token}")
    with pytest.raises(RuleViolated):
        actions.check_out(by=cast.caller(hotel.lan), stay_id=opened.stay.pk)


def test_the_next_guest_of_the_room_sees_nothing_of_the_last(hotel: Hotel) -> None:
    first = cast.checked_in(hotel.lan, hotel.property)
    cast.asked(cast.guest(first), hotel.property)
    actions.check_out(by=cast.caller(hotel.lan), stay_id=first.stay.pk)
    second = cast.guest(cast.checked_in(hotel.lan, hotel.property))
    assert not cast.visible_to(second)


def test_it_rejects_a_past_or_endless_stay(hotel: Hotel) -> None:
    for end in (timezone.now() - timedelta(hours=1), timezone.now() + timedelta(days=1000)):
        with pytest.raises(Invalid, match="checkOut"):
            actions.open_stay(
                by=cast.caller(hotel.lan), property_id=hotel.property.pk, room_number="101", check_out=end
            )


def test_it_rejects_housekeeping_and_otto(hotel: Hotel, elsewhere: OtherHotel) -> None:
    opened = cast.checked_in(hotel.lan, hotel.property)
    with pytest.raises(PermissionDenied):
        actions.check_out(by=cast.caller(hotel.minh), stay_id=opened.stay.pk)
    with pytest.raises(NotFound):
        actions.check_out(by=cast.caller(elsewhere.otto), stay_id=opened.stay.pk)
