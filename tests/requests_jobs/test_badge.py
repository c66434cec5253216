"""What the back office shows of an escalation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from time_machine import Traveller

from requests_app import actions
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest
from tests import cast
from tests.cast import Hotel
from tests.requests_jobs.conftest import LIMIT, escalate

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LIST = "/admin/requests_app/guestrequest/"


@pytest.fixture
def lan(hotel: Hotel) -> Client:
    client = Client()
    client.force_login(hotel.lan)
    return client


def test_list_and_detail_show_the_level_and_say_it(
    lan: Client, towels: GuestRequest, clock: Traveller
) -> None:
    clock.shift(LIMIT + LIMIT / 2)
    escalate()
    for path in (LIST, f"{LIST}{towels.pk}/change/"):
        page = lan.get(path).content.decode()
        assert "⏰ ×2" in page
        assert "escalation level 2</span>" in page


def test_the_detail_tells_how_it_came(lan: Client, towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT)
    escalate()
    page = lan.get(f"{LIST}{towels.pk}/change/").content.decode()
    assert "Urgent: it is overdue" in page
    assert "Escalation: 0 → 1" in page


def test_nothing_shows_before_nor_after(
    lan: Client, hotel: Hotel, towels: GuestRequest, clock: Traveller
) -> None:
    assert "⏰" not in lan.get(LIST).content.decode()
    clock.shift(timedelta(days=1))
    escalate()
    actions.change_status(by=cast.caller(hotel.lan), request_id=towels.pk, status=Status.COMPLETED)
    assert "⏰" not in lan.get(LIST).content.decode()
