"""When the guests of the demo ask."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from requests_app.demo.calendar import moments

UNTIL = datetime(2026, 11, 20, 12, tzinfo=UTC)
SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("number", [0, 1, 2, 7, 500])
def test_it_yields_as_many_as_asked_in_order(number: int) -> None:
    found = list(moments(number, UNTIL, SAIGON, Random(1)))
    assert len(found) == number
    assert found == sorted(found)
    assert all(UNTIL - timedelta(days=91) < moment < UNTIL for moment in found)


def test_evenings_are_busier_than_nights() -> None:
    hours = Counter(moment.astimezone(SAIGON).hour for moment in moments(5000, UNTIL, SAIGON, Random(1)))
    assert hours[19] > 5 * hours[3]


def test_some_are_always_fresh() -> None:
    found = list(moments(16, UNTIL, SAIGON, Random(1)))
    assert sum(moment > UNTIL - timedelta(hours=2) for moment in found) >= 2
