"""Emma Clarke in room 101, with the link she was given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from requests_app import actions
from requests_app.actions import OpenedStay
from tests import cast
from tests.cast import Hotel

CheckIn = Callable[..., OpenedStay]


@pytest.fixture
def check_in(hotel: Hotel) -> CheckIn:
    def open_stay(room: str = "101", **said: str) -> OpenedStay:
        until = timezone.now() + timedelta(days=2)
        by, place = cast.caller(hotel.lan), hotel.property.pk
        return actions.open_stay(by=by, property_id=place, room_number=room, check_out=until, **said)

    return open_stay


@pytest.fixture
def emmas(check_in: CheckIn) -> OpenedStay:
    return check_in(guest_name="Emma Clarke", language="en")


@pytest.fixture
def emma(emmas: OpenedStay) -> Client:
    return arrive(emmas)


def arrive(opened: OpenedStay) -> Client:
    """Open the guest's link in a new browser."""
    client = Client()
    client.get(f"/s/{opened.token}")
    return client
