"""What a property offers under a code: all that opening a request needs to know, in one statement."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, Func, TextField, Value

from cluster.answers.problems import Invalid
from requests_app.models import GuestRequest, ServiceType
from requests_app.queries.compiled import PROPERTY, Statement
from security.models import Property

CODE = "the code's place"


class Offer(NamedTuple):
    """A service type of a property, with the property's own settings a request depends on.

    ``next_id`` is the id of a request to be, drawn in the same trip; SQLite, which draws none
    ahead, leaves it None.
    """

    code: str
    department: str
    minutes_low: int
    minutes_medium: int
    minutes_high: int
    slug: str
    timezone: str
    currency: str
    alarm_words: list[str]
    next_id: int | None

    def minutes(self) -> dict[int, int]:
        """Return the service level by priority, in minutes."""
        return {1: self.minutes_low, 2: self.minutes_medium, 3: self.minutes_high}

    def place(self, property_id: int) -> Property:
        """Return the property, with no more loaded than is here."""
        return Property(id=property_id, slug=self.slug, timezone=self.timezone, currency=self.currency)


_COLUMNS = (
    *("code", "department", "minutes_low", "minutes_medium", "minutes_high"),
    *("property__slug", "property__timezone", "property__currency", "property__house_rules__alarm_words"),
)


def offer_named(property_id: int, code: str) -> Offer:
    """Return the property's active service type. Raises Invalid naming ``serviceType``."""
    rows = _statement().rows(property_id, code)
    if not rows:
        raise Invalid.field("serviceType", "this property does not offer that service", "unknown")
    return Offer(*rows[0])


@cache
def _statement() -> Statement:
    rows = ServiceType.objects.filter(property_id=PROPERTY, code=CODE, is_active=True)
    drawn = rows.order_by().annotate(next_id=_next_id())
    return Statement(drawn.values_list(*_COLUMNS, "next_id"), [PROPERTY, CODE])


def _next_id() -> Func | Value:
    if connection.vendor != "postgresql":
        return Value(None, output_field=BigIntegerField())
    table = connection.ops.quote_name(GuestRequest._meta.db_table)
    sequence = Func(Value(table), Value("id"), function="pg_get_serial_sequence", output_field=TextField())
    return Func(sequence, function="nextval", output_field=BigIntegerField())
