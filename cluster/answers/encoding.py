"""Python values as the JSON this service speaks."""

from __future__ import annotations

from collections.abc import Mapping, Set
from decimal import Decimal
from uuid import UUID

import orjson
from django.utils.functional import Promise

from cluster.escaping import escape_markup

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def dumps(value: object) -> bytes:
    """Return ``value`` as JSON that can not become markup: times in UTC with a Z, decimals as strings."""
    return escape_markup(orjson.dumps(value, default=_plain, option=OPTIONS))


def _plain(value: object) -> object:
    if isinstance(value, Decimal | Promise | UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Set):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
