"""Nothing is locked after a head: a check-out against a create used to end in a deadlock."""

from __future__ import annotations

from threading import Event as Signal

import pytest
from django.db import connection

from cluster.streams import UnderHead, unit_of_work
from requests_app import actions
from requests_app.models import GuestRequest
from tests import cast
from tests.cast import Hotel
from tests.statistics.threads import PATIENCE, at_once

pytestmark = pytest.mark.django_db(transaction=True)  # on SQLite one writer waits for the other anyway


class Holding(UnderHead):
    """Holds a head until somebody else waits for it."""

    held = Signal()

    def apply(self) -> None:
        Holding.held.set()
        wait_until_somebody_waits()


def wait_until_somebody_waits() -> None:
    """Ask PostgreSQL until another connection waits for a lock; our test's time limit bounds it."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with connection.cursor() as cursor:
        found = 0
        while not found:
            cursor.execute(waiting)
            (found,) = cursor.fetchone()


def test_a_check_out_against_a_create(hotel: Hotel) -> None:
    """The create holds the head and must not want the stay's row at commit, which the check-out holds."""
    Holding.held = Signal()
    opened, left = cast.checked_in(hotel.lan, hotel.property), Signal()
    guest, lan, stream = cast.guest(opened), cast.caller(hotel.lan), hotel.property.pk

    def check_out() -> None:
        with unit_of_work() as work:
            actions.check_out(by=lan, stay_id=opened.stay.pk)
            left.set()
            assert Holding.held.wait(PATIENCE)
            work.count(stream, {"checked out": 1})  # wants the head that the create holds

    def create() -> None:
        assert left.wait(PATIENCE)
        with unit_of_work() as work:
            cast.asked(guest, hotel.property)
            work.under_head(Holding, stream)

    for outcome in at_once([check_out, create]):
        outcome.result()
    assert GuestRequest.objects.count() == 1
