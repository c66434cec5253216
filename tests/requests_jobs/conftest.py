"""The demo hotel at noon, and a clock that moves when told to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from requests_app import actions
from requests_app.models import GuestRequest
from tests import cast
from tests.cast import Hotel

LIMIT = timedelta(minutes=20)
"""What housekeeping has for high priority."""


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def towels(clock: time_machine.Traveller, hotel: Hotel) -> GuestRequest:
    return ask(hotel)


def ask(hotel: Hotel, **said: object) -> GuestRequest:
    """Ask for something with twenty minutes."""
    return cast.asked(hotel.lan, hotel.property, service_type="housekeeping", priority=3, **said)


def escalate() -> int:
    return actions.escalate(now=timezone.now(), limit=100)


def level(request: GuestRequest) -> int:
    return GuestRequest.objects.values_list("escalation_level", flat=True).get(pk=request.pk)
