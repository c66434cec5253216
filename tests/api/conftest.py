"""The demo hotel, the other one, and everyone on the telephone."""

from __future__ import annotations

import pytest

from tests import cast
from tests.api.speaking import Speaker
from tests.cast import Hotel, OtherHotel


@pytest.fixture
def lan(hotel: Hotel) -> Speaker:
    return Speaker(cast.bearer(hotel.lan))


@pytest.fixture
def minh(hotel: Hotel) -> Speaker:
    return Speaker(cast.bearer(hotel.minh))


@pytest.fixture
def hoa(hotel: Hotel) -> Speaker:
    return Speaker(cast.bearer(hotel.hoa))


@pytest.fixture
def otto(elsewhere: OtherHotel) -> Speaker:
    return Speaker(cast.bearer(elsewhere.otto))


@pytest.fixture
def admin(hotel: Hotel) -> Speaker:
    return Speaker(cast.bearer(cast.superuser()))


@pytest.fixture
def guest(hotel: Hotel) -> Speaker:
    """The guest of room 101."""
    return Speaker(cast.header("Guest", cast.checked_in(hotel.lan, hotel.property).token))


@pytest.fixture
def nobody(db: None) -> Speaker:
    return Speaker()
