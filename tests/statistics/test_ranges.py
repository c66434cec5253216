"""Statistics of ranges against reading every request: dates, part days, zones, clocks that change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
import time_machine

from cluster.answers.problems import Invalid
from requests_app.demo import history
from requests_app.queries.statistics import Range, summary
from security.models import Property
from tests import cast
from tests.cast import Hotel
from tests.statistics import brute_force

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

AUTUMN = datetime(2026, 10, 27, 12, tzinfo=UTC)  # Berlin's clocks went back on the 25th
SPRING = datetime(2026, 3, 31, 12, tzinfo=UTC)  # and forward on the 29th
SCENES = [
    ("Europe/Berlin", AUTUMN),
    ("Europe/Berlin", SPRING),
    ("Asia/Ho_Chi_Minh", AUTUMN),
    ("Asia/Kolkata", AUTUMN),
    ("America/Santiago", datetime(2026, 9, 9, 12, tzinfo=UTC)),  # on the 6th its midnight did not exist
]


@pytest.fixture(params=SCENES, ids=lambda scene: f"{scene[0]} {scene[1]:%B}")
def place(request: pytest.FixtureRequest, hotel: Hotel) -> Property:
    hotel.property.timezone, until = request.param
    hotel.property.save()
    for _ in history.add(hotel.property, 600, until=until, seed="ranges"):
        pass
    hotel.property.until = until
    return hotel.property


def ranges(
    until: datetime, zone: ZoneInfo
) -> Iterator[tuple[date | datetime | None, date | datetime | None]]:
    random = Random(5)
    ends: list[date | datetime | None] = [None]
    for _ in range(12):
        moment = until - timedelta(seconds=random.randint(0, 90 * 86_400))
        ends += [moment, moment.date(), moment.astimezone(zone).replace(minute=0, second=0)]
        ends.append(datetime.combine(moment.date(), datetime.min.time(), tzinfo=zone))
    for _ in range(40):
        yield random.choice(ends), random.choice(ends)


def test_any_range_is_exact(place: Property) -> None:
    zone, rows = ZoneInfo(place.timezone), brute_force.live(place)
    for start, end in ranges(place.until, zone):
        expected = brute_force.summary(brute_force.within(rows, start, end, zone))
        assert summary([place], Range(start, end)) == expected, (start, end)


@pytest.mark.parametrize("granularity", ["day", "week", "month"])
def test_any_series_is_exact(place: Property, granularity: str) -> None:
    zone, rows = ZoneInfo(place.timezone), brute_force.live(place)
    for start, end in [(None, None), *ranges(place.until, zone)][:12]:
        expected = brute_force.series(brute_force.within(rows, start, end, zone), granularity, zone)
        assert summary([place], Range(start, end), granularity)["series"] == expected, (start, end)


def test_hours_are_exact_where_the_clocks_change_too(place: Property) -> None:
    zone, rows = ZoneInfo(place.timezone), brute_force.live(place)
    start, end = place.until - timedelta(days=6), place.until
    expected = brute_force.series(brute_force.within(rows, start, end, zone), "hour", zone)
    found = summary([place], Range(start, end), "hour")["series"]
    assert found == expected


def test_a_day_of_twenty_five_hours_has_them_all(hotel: Hotel) -> None:
    hotel.property.timezone = "Europe/Berlin"
    hotel.property.save()
    for _ in history.add(hotel.property, 2000, until=AUTUMN, seed="long"):
        pass
    day, zone = date(2026, 10, 25), ZoneInfo("Europe/Berlin")
    expected = brute_force.within(brute_force.live(hotel.property), day, day, zone)
    assert summary([hotel.property], Range(day, day))["total"] == len(expected) > 10


def test_the_hour_that_comes_twice_is_two_hours(hotel: Hotel) -> None:
    hotel.property.timezone = "Europe/Berlin"
    hotel.property.save()
    for minutes in (20, 80, 95, 140):
        with time_machine.travel(datetime(2026, 10, 25, tzinfo=UTC) + timedelta(minutes=minutes), tick=False):
            cast.asked(hotel.lan, hotel.property)
    day = date(2026, 10, 25)
    found = summary([hotel.property], Range(day, day), "hour")["series"]
    hours = [datetime(2026, 10, 25, hour, tzinfo=UTC) for hour in (0, 1, 2)]
    assert [(bucket["start"], bucket["total"]) for bucket in found] == list(
        zip(hours, (1, 2, 1), strict=True)
    )


def test_two_properties_add_up_each_in_its_own_zone(hotel: Hotel) -> None:
    other = Property.objects.create(slug="west", name="West", timezone="America/New_York")
    for property_, seed in ((hotel.property, "a"), (other, "b")):
        for _ in history.add(property_, 200, until=AUTUMN, seed=seed):
            pass
    days = date(2026, 10, 20), date(2026, 10, 26)
    rows = [
        row
        for property_ in (hotel.property, other)
        for row in brute_force.within(brute_force.live(property_), *days, ZoneInfo(property_.timezone))
    ]
    assert summary([hotel.property, other], Range(*days)) == brute_force.summary(rows)


def test_an_empty_range_is_all_zero(hotel: Hotel) -> None:
    found = summary([hotel.property], Range(date(2020, 1, 1), date(2020, 1, 2)))
    assert (found["total"], found["completionRate"], found["averageResponseMinutes"]) == (0, 0.0, None)


def test_hours_of_a_long_range_are_refused(hotel: Hotel) -> None:
    with pytest.raises(Invalid):
        summary([hotel.property], Range(date(2026, 1, 1), date(2026, 3, 1)), "hour")
