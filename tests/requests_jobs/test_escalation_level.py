"""How far up a late request belongs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from requests_app.lifecycle import HIGHEST_LEVEL, escalation_level

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NO_HOLD = timedelta()
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("late", "level"),
    [
        (-HOUR, 0),
        (-MOMENT, 0),
        (NO_HOLD, 1),
        (HOUR / 2 - MOMENT, 1),
        (HOUR / 2, 2),
        (HOUR - MOMENT, 2),
        (HOUR, 3),
        (3 * HOUR / 2, 4),
        (9 * HOUR / 2 - MOMENT, 9),
        (9 * HOUR / 2, HIGHEST_LEVEL),
        (timedelta(days=365), HIGHEST_LEVEL),
    ],
)
def test_it_grows_at_due_and_at_each_further_half_of_the_limit(late: timedelta, level: int) -> None:
    assert escalation_level(NOON, NOON - HOUR, NO_HOLD, NOON + late) == level


def test_holds_are_no_part_of_the_limit() -> None:
    held = timedelta(hours=5)
    assert escalation_level(NOON, NOON - HOUR - held, held, NOON + HOUR / 2) == 2


def test_what_is_never_due_never_escalates() -> None:
    assert escalation_level(None, NOON, NO_HOLD, NOON + HOUR) == 0


def test_without_a_limit_there_is_no_half_to_wait_for() -> None:
    assert escalation_level(NOON, NOON, NO_HOLD, NOON + HOUR) == 1
    assert escalation_level(NOON, NOON + HOUR, NO_HOLD, NOON + HOUR) == 1
