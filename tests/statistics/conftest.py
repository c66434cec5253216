"""The demo hotel, really committed: what is tested here are commits."""

from __future__ import annotations

import pytest

from tests import cast
from tests.cast import Hotel


@pytest.fixture
def hotel(transactional_db: None) -> Hotel:
    return cast.demo_hotel()
