"""The demo hotel, the other one, and everyone's callers."""

from __future__ import annotations

import pytest

from tests import cast
from tests.cast import Hotel, OtherHotel


@pytest.fixture
def hotel(db: None) -> Hotel:
    return cast.demo_hotel()


@pytest.fixture
def elsewhere(db: None) -> OtherHotel:
    return cast.other_hotel()
