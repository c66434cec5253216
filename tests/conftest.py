"""What every test may ask for: the demo hotel, and the other one.

Tests with threads or processes of their own ask for theirs on a ``transactional_db`` instead.
"""

from __future__ import annotations

import secrets

import pytest

from cluster.cache import far
from cluster.flags import reading
from cluster.limits import counting
from tests import cast
from tests.cast import Hotel, OtherHotel


@pytest.fixture
def hotel(db: None) -> Hotel:
    return cast.demo_hotel()


@pytest.fixture
def elsewhere(db: None) -> OtherHotel:
    return cast.other_hotel()


@pytest.fixture(autouse=True)
def nothing_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with all flags on, as a node knows them that has just looked: no test pays for the look."""
    monkeypatch.setattr(reading, "_snapshot", reading.Snapshot({}))


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep answers in Redis apart from those of other workers, who share the server."""
    monkeypatch.setattr(far, "PREFIX", f"bellhop:cache:{secrets.token_hex(6)}:")


@pytest.fixture(autouse=True)
def nothing_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with all of every limit left: the counters outlive a test's rollback."""
    monkeypatch.setattr(counting, "PREFIX", f"bellhop:slots:{secrets.token_hex(6)}:")
