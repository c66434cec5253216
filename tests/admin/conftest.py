"""The hotel as its staff see it: each signed in with a browser of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from requests_app import actions
from requests_app.actions import NewRequest
from requests_app.models import GuestRequest
from security.models import User
from tests import cast
from tests.cast import Hotel

SignIn = Callable[[User], Client]


@pytest.fixture
def signed_in() -> SignIn:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def lan(hotel: Hotel, signed_in: SignIn) -> Client:
    return signed_in(hotel.lan)


@pytest.fixture
def towels(hotel: Hotel) -> GuestRequest:
    return ask(hotel, "Two more towels", room="101")


def ask(hotel: Hotel, text: str = "Tea, please", *, room: str = "101", **said: object) -> GuestRequest:
    """Open a request as Lan."""
    new = NewRequest(request_text=text, room_number=room, **said)  # type: ignore[arg-type]
    return actions.create(by=cast.caller(hotel.lan), property_id=hotel.property.pk, new=new)
