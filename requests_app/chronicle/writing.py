"""Writing stories in one unit of work: the rows, their place in the log, what they count for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from django.db import models

from cluster.streams import Work
from requests_app import lifecycle
from requests_app.chronicle import loading
from requests_app.chronicle.past import Happening, PastEvents
from requests_app.counters import MEASURES, Cell, Contribution, DailyDeltas, counter_deltas, microseconds
from requests_app.models import GuestRequest

Columns = dict[str, Any]


class Story(NamedTuple):
    """One request: its columns by name, and what happened to it, in order."""

    columns: Columns
    happenings: list[Happening]


def write(work: Work, stream: int, stories: Sequence[Story]) -> None:
    """Write stories of one property, whose stream is ``stream``. Raises IntegrityError like any insert."""
    in_order = itemgetter(*blank())
    loading.insert(GuestRequest, list(blank()), (in_order(told.columns) for told in stories))
    _count(work, stream, stories)
    past = work.under_head(PastEvents, stream)
    for told in stories:
        past.add(told.happenings)


@cache
def blank() -> Columns:
    """Return the columns nothing is said about, as the model has them; JSON encoded."""
    return {field.attname: _default(field) for field in GuestRequest._meta.local_concrete_fields}


def encoded(value: object) -> str:
    """Return JSON as the log and the columns keep it."""
    return orjson.dumps(value).decode()


def folded(columns: Columns) -> Columns:
    """Return the columns a search looks in; texts of the past repeat themselves."""
    name = _fold(columns["guest_name"])
    texts = (columns["request_text"], columns["guest_name"], columns["room_number"])
    order = _fold(columns["order_id"])
    return {"guest_name_folded": name, "search_folded": "\n".join((*map(_fold, texts), order))}


_fold = lru_cache(maxsize=4096)(lifecycle.fold)


def _default(field: models.Field[Any, Any]) -> object:
    value = field.get_default()
    return encoded(value) if isinstance(field, models.JSONField) else value


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
