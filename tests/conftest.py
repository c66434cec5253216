"""What every test may ask for: the demo hotel, and the other one.

Tests with threads or processes of their own ask for theirs on a ``transactional_db`` instead.
"""

from __future__ import annotations

import secrets

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from cluster.cache import far
from cluster.flags import reading
from cluster.limits import counting
from security.audit import appendonly
from tests import cast
from tests.cast import Hotel, OtherHotel

LETTING_FLUSH_PASS = {
    "postgresql": [f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate" for table in appendonly.TABLES],
    "sqlite": [f"DROP TRIGGER {table}_no_delete" for table in appendonly.TABLES],
}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let the flush after a test with real transactions empty the book of the tests' own database."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for statement in LETTING_FLUSH_PASS[connection.vendor]:
            cursor.execute(statement)


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
