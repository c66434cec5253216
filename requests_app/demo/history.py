"""Writing a history: batch by batch, each one whole, with its counters and its place in the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import islice
from operator import itemgetter
from random import Random

from cluster.streams import Work, unit_of_work
from requests_app.counters import MEASURES, Cell, Contribution, DailyDeltas, counter_deltas, microseconds
from requests_app.demo import calendar, loading, scene, story
from requests_app.demo.course import Columns
from requests_app.demo.past import PastEvents
from requests_app.demo.story import Story, Teller
from requests_app.models import GuestRequest
from security.models import Property

BATCH = 2000
"""Requests a unit of work: each may be a daily count of its own, and SQLite takes 32,766 values."""


def add(place: Property, number: int, *, until: datetime, seed: str) -> Iterator[int]:
    """Write ``number`` requests that were made before ``until``, yielding how many each batch wrote."""
    set_in = scene.of(place)
    teller = Teller(set_in, until=until, seed=seed)
    serial = GuestRequest.objects.filter(property=place).count()
    moments = _moments(number, until, set_in.zone, seed)
    while batch := list(islice(moments, BATCH)):
        with unit_of_work() as work:
            ids = loading.reserve_ids(GuestRequest, len(batch))
            made = zip(ids, range(serial, serial + len(batch)), batch, strict=True)
            stories = [teller.tell(*request) for request in made]
            _write(work, set_in.property_id, stories)
        serial += len(batch)
        yield len(batch)


def _moments(number: int, until: datetime, zone: tzinfo, seed: str) -> Iterator[datetime]:
    return calendar.moments(number, until, zone, Random(seed))  # noqa: S311 - a story, not a secret


def _write(work: Work, stream: int, stories: Sequence[Story]) -> None:
    in_order = itemgetter(*story.blank())
    loading.insert(GuestRequest, list(story.blank()), (in_order(told.columns) for told in stories))
    _count(work, stream, stories)
    past = work.under_head(PastEvents, stream)
    for told in stories:
        past.add(told.happenings)


def _count(work: Work, stream: int, stories: Sequence[Story]) -> None:
    cells: dict[Cell, list[int]] = defaultdict(lambda: [0] * len(MEASURES))
    for told in stories:
        if told.columns["deleted_at"] is None:
            sums = cells[_cell(told.columns)]
            for place, amount in enumerate(_measures(told.columns)):
                sums[place] += amount
    daily = work.under_head(DailyDeltas, stream)
    for cell, sums in cells.items():
        work.count(stream, counter_deltas(cell, tuple(sums)))
        daily.add(Contribution(cell, tuple(sums)), 1)


_cell_values = itemgetter("local_day", "status", "priority", "urgency", "service_type")


def _cell(columns: Columns) -> Cell:
    return Cell(*_cell_values(columns))


def _measures(columns: Columns) -> tuple[int, ...]:
    response = microseconds(columns["created_at"], columns["started_at"])
    completion = microseconds(columns["created_at"], columns["completed_at"])
    return 1, int(response is not None), response or 0, int(completion is not None), completion or 0
