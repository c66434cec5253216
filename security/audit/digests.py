"""What may stand in the book as it is, and the keyed digests of everything else.

A digest shows that a text was the same, or that a text somebody shows is the one that was meant; it
tells the text to nobody, and erasing a guest leaves it, and so the chain, as it is.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import orjson
from django.conf import settings

CONTAINERS = frozenset({"from", "to", "before", "after"})
DIGEST_SALT = "bellhop.audit.text"
DIGEST_LENGTH = 32
LONGEST = 2_000
NUMBERS = (int, float, date)
"""What hides nothing: truth values are of the first, times of the last."""

NONE: frozenset[str] = frozenset()

_plain: dict[str, frozenset[str]] = {}


def keep_plain(kind: str, *fields: str) -> None:
    """Let these fields stand as they are in entries whose action begins with ``kind:``."""
    _plain[kind] = _plain.get(kind, frozenset()) | frozenset(fields)


def pared(action: str, said: Mapping[str, object] | None) -> str:
    """Return ``said`` as the JSON the book keeps: numbers, plain fields, and digests of the rest."""
    if not said:
        return ""
    plain = _plain.get(action.partition(":")[0], NONE)
    return canonical(_pared(plain, said, _derived(signing_key())))


def canonical(value: object) -> str:
    """Return the one JSON text of a value."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str).decode()


def keys() -> list[str]:
    """Return the keys of the book, the one that signs first."""
    if settings.AUDIT_KEY:
        return [key.strip() for key in str(settings.AUDIT_KEY).split(",")]
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


def signing_key() -> str:
    """Return the first of them."""
    return str(settings.AUDIT_KEY).partition(",")[0].strip() or str(settings.SECRET_KEY)


def digest_of(text: str) -> str:
    """Return the keyed digest of a text."""
    return _digest(text, _derived(signing_key()))


def _digest(text: str, key: bytes) -> str:
    return f"hmac:{hmac.digest(key, text.encode(errors='surrogatepass'), 'sha256').hex()[:DIGEST_LENGTH]}"


@lru_cache(maxsize=8)
def _derived(key: str) -> bytes:
    """Return what Django's ``salted_hmac`` derives anew each time."""
    return hashlib.sha256((DIGEST_SALT + key).encode()).digest()


def _pared(plain: frozenset[str], said: Mapping[str, object], key: bytes) -> dict[str, object]:
    return {str(name): _kept(plain, str(name), value, key) for name, value in said.items()}


def _kept(plain: frozenset[str], name: str, value: object, key: bytes) -> object:
    if value is None or value == "" or isinstance(value, NUMBERS):
        return value
    if name in plain:
        return value if _is_short(value) else _text(value, key)
    if name in CONTAINERS and isinstance(value, Mapping):
        return _pared(plain, value, key)
    return _text(value, key)


def _is_short(value: object) -> bool:
    return len(value if isinstance(value, str) else canonical(value)) <= LONGEST


def _text(value: object, key: bytes) -> str:
    return _digest(value if isinstance(value, str) else canonical(value), key)
