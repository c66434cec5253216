"""Pages by key, not by offset: the millionth row costs what the first one does."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, OrderBy, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.sql.compiler import SQLCompiler
from django.utils.dateparse import parse_datetime

from cluster.answers.problems import Invalid
from requests_app.models import GuestRequest


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order. Nulls stand last when ascending, first when descending."""

    column: str
    descending: bool
    nullable: bool = False

    def reversed(self) -> Key:
        """Return the same key read backwards."""
        return Key(self.column, descending=not self.descending, nullable=self.nullable)

    def order(self) -> OrderBy:
        """Return the ORDER BY of this key."""
        if not self.nullable:
            return OrderBy(F(self.column), descending=self.descending)
        nulls = {"nulls_first": True} if self.descending else {"nulls_last": True}
        return OrderBy(F(self.column), descending=self.descending, **nulls)


@dataclass(frozen=True, slots=True)
class Order:
    """A total order of requests, by name; the last key is the id."""

    name: str
    keys: tuple[Key, ...]

    def reversed(self) -> Order:
        """Return the opposite order."""
        return Order(self.name, tuple(key.reversed() for key in self.keys))

    @property
    def is_uniform(self) -> bool:
        """Say whether one row comparison expresses the order."""
        return len({key.descending for key in self.keys}) == 1 and not any(key.nullable for key in self.keys)

    def columns(self) -> list[str]:
        """Return the names of the key columns."""
        return [key.column for key in self.keys]


def order_named(name: str, *, descending: bool) -> Order:
    """Return one of the list's orders; ``name`` is a column of ``SORTS``."""
    columns = SORTS[name]
    keys = tuple(Key(column, descending=descending, nullable=column == "due_at") for column in columns)
    return Order(f"{name}:{'desc' if descending else 'asc'}", keys)


SORTS = {
    "created_at": ("created_at", "id"),
    "updated_at": ("updated_at", "id"),
    "priority": ("priority", "id"),
    "room_number": ("room_number", "created_at", "id"),
    "due_at": ("due_at", "id"),
}
MOST_PRESSING = Order(
    "pressing",
    (
        Key("urgency", descending=True),
        Key("priority", descending=True),
        Key("due_at", descending=False, nullable=True),
        Key("id", descending=False),
    ),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place between two rows: the row's key values and which way to read from it."""

    backwards: bool
    values: tuple[Any, ...]


def encode(order: Order, mark: Mark) -> str:
    """Return the opaque text of a mark."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in mark.values]
    return base64.urlsafe_b64encode(orjson.dumps([order.name, mark.backwards, *values])).rstrip(b"=").decode()


def decode(order: Order, text: str) -> Mark:
    """Return the mark behind ``text``. Raises Invalid naming ``cursor`` for anything we did not make."""
    try:
        raw = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        name, backwards, *values = raw
        typed = tuple(_typed(key, value) for key, value in zip(order.keys, values, strict=True))
    except (ValueError, TypeError, binascii.Error) as error:
        raise Invalid.field("cursor", "is not one of ours") from error
    if name != order.name or not isinstance(backwards, bool):
        raise Invalid.field("cursor", "belongs to another order; start again without it")
    return Mark(backwards, typed)


def after(rows: QuerySet[GuestRequest], order: Order, mark: Mark) -> QuerySet[GuestRequest]:
    """Return the rows that come after the mark in ``order`` (already reversed for a backward mark)."""
    if order.is_uniform:
        return rows.filter(RowComparison(order, mark.values))
    return rows.filter(_stepwise(order.keys, mark.values))


class RowComparison(Func):
    """``(a, b) < (x, y)``: one range of one index, whatever the depth."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, order: Order, values: Sequence[Any]) -> None:
        self.columns = len(order.keys)
        self.operator = "<" if order.keys[0].descending else ">"
        fields = [GuestRequest._meta.get_field(name) for name in order.columns()]
        bound: list[Combinable] = [
            Value(value, output_field=field)  # type: ignore[arg-type]
            for value, field in zip(values, fields, strict=True)
        ]
        super().__init__(*(F(name) for name in order.columns()), *bound)

    def as_sql(  # type: ignore[override]
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,  # noqa: ARG002
        **_: Any,
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the comparison; both databases know row values."""
        parts = [compiler.compile(source) for source in self.get_source_expressions()]
        texts = [sql for sql, _ in parts]
        left, right = ", ".join(texts[: self.columns]), ", ".join(texts[self.columns :])
        return f"({left}) {self.operator} ({right})", tuple(value for _, values in parts for value in values)


def _stepwise(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    key, value = keys[0], values[0]
    same = Q(**{f"{key.column}__isnull": True}) if value is None else Q(**{key.column: value})
    beyond = _beyond(key, value)
    if len(keys) > 1:
        deeper = same & _stepwise(keys[1:], values[1:])
        return deeper if beyond is None else beyond | deeper
    return beyond if beyond is not None else Q(pk__in=[])


def _beyond(key: Key, value: Any) -> Q | None:
    null = Q(**{f"{key.column}__isnull": True})
    if value is None:
        return ~null if key.descending else None
    further = Q(**{f"{key.column}__{'lt' if key.descending else 'gt'}": value})
    return further | null if key.nullable and not key.descending else further


def _typed(key: Key, value: object) -> object:
    if key.column.endswith("_at"):
        if value is None and key.nullable:
            return None
        moment = parse_datetime(value) if isinstance(value, str) else None
        if moment is None or moment.tzinfo is None:
            raise ValueError("not a time")
        return moment
    wanted = str if key.column == "room_number" else int
    if type(value) is not wanted or (isinstance(value, int) and not -(2**63) <= value < 2**63):
        raise ValueError("not a key")
    if isinstance(value, str) and "\0" in value:
        raise ValueError("not a key")
    return value
