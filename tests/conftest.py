"""What every test may ask for: the demo hotel, and the other one.

Tests with threads or processes of their own ask for theirs on a ``transactional_db`` instead.
"""

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
