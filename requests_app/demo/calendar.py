"""When guests ask: mornings and evenings, more at weekends, never in the future. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from itertools import accumulate
from random import Random

DAYS = 90
HOUR = timedelta(hours=1)
RUSH = (3, 2, 1, 1, 1, 2, 6, 10, 11, 9, 7, 6, 6, 5, 5, 6, 7, 9, 12, 12, 11, 9, 7, 5)
"""How many guests ask in each hour of their day, relative to each other."""
WEEKEND = 1.3
FRESH_SHARE, MOST_FRESH, FRESH_FOR = 8, 24, timedelta(minutes=100)


def moments(number: int, until: datetime, zone: tzinfo, random: Random) -> Iterator[datetime]:
    """Yield ``number`` moments before ``until``, in order, over the past ``DAYS``.

    A few always lie within the last ``FRESH_FOR``: a demo without open requests shows nothing.
    """
    fresh = min(MOST_FRESH, -(-number // FRESH_SHARE))
    yield from _over_days(number - fresh, until - FRESH_FOR, zone, random)
    for place in range(fresh):
        yield until - FRESH_FOR * (1 - (place + random.random()) / fresh)


def _over_days(number: int, until: datetime, zone: tzinfo, random: Random) -> Iterator[datetime]:
    """Yield moments that rise, each in its own slice of the cumulated rush: one pass, nothing to sort."""
    first = until - timedelta(days=DAYS)
    weights = [_weight((first + HOUR * place).astimezone(zone)) for place in range(DAYS * 24)]
    reached = list(accumulate(weights))
    for place in range(number):
        aim = (place + random.random()) / number * reached[-1]
        hour = min(bisect_right(reached, aim), len(reached) - 1)
        into = 1 - (reached[hour] - aim) / weights[hour]
        yield first + HOUR * (hour + into)


def _weight(local: datetime) -> float:
    return RUSH[local.hour] * (WEEKEND if local.weekday() >= 5 else 1.0)
