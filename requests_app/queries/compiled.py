"""Statements compiled once: the ORM's SQL without building it again for every request.

The ORM takes about three times as long to compile the list's statement as to run it
(``performance.md``, section 2). The shapes everybody asks for are kept, keyed by everything that
changes their text; values travel as parameters, never in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import JSONField, QuerySet
from psycopg.types.datetime import TimestamptzLoader

from requests_app.models import GuestRequest
from requests_app.shown import COLUMNS

Row = Sequence[Any]
Convert = Callable[[Any], Any]


class Statement:
    """One compiled SELECT; ``placeholders`` stand in it for the values of each run, in their order."""

    def __init__(self, rows: QuerySet[Any, Any], placeholders: Sequence[object]) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self.sql, parameters = compiler.as_sql()
        self.places: list[tuple[int, Any]] = [_place(value, placeholders) for value in parameters]
        found = compiler.get_converters([column[0] for column in compiler.select])
        self.converters = {place: _converter(*how) for place, how in found.items()}

    def rows(self, *values: Any) -> list[Row]:
        """Run the statement with ``values`` in the place of the placeholders."""
        parameters = [values[place] if fixed is None else fixed for place, fixed in self.places]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Django's loader of times is Python and halves the speed of a list; psycopg's is C.
                cursor.cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
            cursor.execute(self.sql, parameters)
            found: list[Row] = cursor.fetchall()
        return [self._converted(row) for row in found] if self.converters else found

    def _converted(self, row: Row) -> Row:
        converted = list(row)
        for place, convert in self.converters.items():
            converted[place] = convert(converted[place])
        return converted


def _converter(converters: Sequence[Callable[..., object]], expression: Any) -> Convert:
    """Return what makes a column's value Python's; JSON goes through orjson, three times as fast."""
    if isinstance(expression.output_field, JSONField):
        return _from_json

    def convert(value: Any) -> Any:
        for one in converters:
            value = one(value, expression, connection)
        return value

    return convert


def _from_json(value: str | None) -> object:
    return None if value is None else orjson.loads(value)


def _place(value: object, placeholders: Sequence[object]) -> tuple[int, object]:
    return (placeholders.index(value), None) if value in placeholders else (-1, value)


PROPERTY, REQUEST = 990_000_001, 990_000_002


@lru_cache(maxsize=256)
def newest_of_property(limit: int) -> Statement:
    """Return the statement of a property's newest ``limit`` requests."""
    rows = GuestRequest.objects.filter(deleted_at__isnull=True, property_id=PROPERTY)
    return Statement(rows.order_by("-created_at", "-id").values_list(*COLUMNS)[:limit], [PROPERTY])


@cache
def by_id() -> Statement:
    """Return the statement of one request by its id."""
    rows = GuestRequest.objects.filter(deleted_at__isnull=True, pk=REQUEST)
    return Statement(rows.values_list(*COLUMNS), [REQUEST])
