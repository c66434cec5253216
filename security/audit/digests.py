"""What may stand in the book as it is, and the keyed digests of everything else.

A digest shows that a text was the same, or that a text somebody shows is the one that was meant; it
tells the text to nobody, and erasing a guest leaves it, and so the chain, as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

import orjson
from django.conf import settings
from django.utils.crypto import salted_hmac

CONTAINERS = frozenset({"from", "to", "before", "after"})
DIGEST_SALT = "bellhop.audit.text"
DIGEST_LENGTH = 32
LONGEST = 2_000

_plain: dict[str, frozenset[str]] = {}


def keep_plain(kind: str, *fields: str) -> None:
    """Let these fields stand as they are in entries whose action begins with ``kind:``."""
    _plain[kind] = _plain.get(kind, frozenset()) | frozenset(fields)


def pared(action: str, said: Mapping[str, object] | None) -> str:
    """Return ``said`` as the JSON the book keeps: numbers, plain fields, and digests of the rest."""
    if not said:
        return ""
    return canonical(_pared(_plain.get(action.partition(":")[0], frozenset()), said))


def canonical(value: object) -> str:
    """Return the one JSON text of a value."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str).decode()


def keys() -> list[str]:
    """Return the keys of the book, the one that signs first."""
    if settings.AUDIT_KEY:
        return [key.strip() for key in str(settings.AUDIT_KEY).split(",")]
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


def digest_of(text: str) -> str:
    """Return the keyed digest of a text."""
    return _keyed(text, keys()[0])


@lru_cache(maxsize=256)
def _keyed(text: str, key: str) -> str:
    found = salted_hmac(DIGEST_SALT, text, secret=key, algorithm="sha256").hexdigest()
    return f"hmac:{found[:DIGEST_LENGTH]}"


def _pared(plain: frozenset[str], said: Mapping[str, object]) -> dict[str, object]:
    return {str(name): _kept(plain, str(name), value) for name, value in said.items()}


def _kept(plain: frozenset[str], name: str, value: object) -> object:
    if value is None or isinstance(value, bool | int | float | datetime | date) or value == "":
        return value
    if name in plain:
        return value if isinstance(value, int) or len(canonical(value)) <= LONGEST else _text(value)
    if name in CONTAINERS and isinstance(value, Mapping):
        return _pared(plain, value)
    return _text(value)


def _text(value: object) -> str:
    return digest_of(value if isinstance(value, str) else canonical(value))
