"""Writing a history: batch by batch, each one whole, with its counters and its place in the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import islice
from random import Random

from cluster.streams import unit_of_work
from requests_app.chronicle import loading, writing
from requests_app.demo import calendar, scene
from requests_app.demo.story import Teller
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
            writing.write(work, set_in.property_id, [teller.tell(*request) for request in made])
        serial += len(batch)
        yield len(batch)


def _moments(number: int, until: datetime, zone: tzinfo, seed: str) -> Iterator[datetime]:
    return calendar.moments(number, until, zone, Random(seed))  # noqa: S311 - a story, not a secret
