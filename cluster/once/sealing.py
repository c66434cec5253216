"""Stored answers are sealed: one may hold a token that is shown once and kept nowhere in clear.

A keystream from SHAKE-256 over (key, nonce), then a MAC over all of it: encrypt-then-MAC with what
the standard library has. The key comes from SECRET_KEY, the MAC also covers the place, so that
one call's answer can not be moved to another. Answers sealed before a key change open with
SECRET_KEY_FALLBACKS.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from functools import lru_cache

from django.conf import settings

NONCE = 16
TAG = 32


def seal(content: bytes, place: str) -> str:
    """Return ``content`` as text that only this service can open, at this ``place``."""
    nonce = secrets.token_bytes(NONCE)
    hiding, proving = _keys(settings.SECRET_KEY)
    hidden = nonce + _mixed(content, hiding, nonce)
    return b64encode(hidden + _tag(hidden, proving, place)).decode()


def unseal(sealed: str, place: str) -> bytes | None:
    """Return what was sealed at ``place``, or None when no key of ours opens it."""
    raw = b64decode(sealed)
    hidden, tag = raw[:-TAG], raw[-TAG:]
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        hiding, proving = _keys(secret)
        if hmac.compare_digest(tag, _tag(hidden, proving, place)):
            return _mixed(hidden[NONCE:], hiding, hidden[:NONCE])
    return None


@lru_cache(maxsize=8)
def _keys(secret: str) -> tuple[bytes, bytes]:
    """Return the key that hides and the key that proves; never one for both."""
    both = hashlib.sha512(b"cluster.once:" + secret.encode()).digest()
    return both[:32], both[32:]


def _mixed(content: bytes, key: bytes, nonce: bytes) -> bytes:
    stream = hashlib.shake_256(key + nonce).digest(len(content))
    mixed = int.from_bytes(content, "big") ^ int.from_bytes(stream, "big")
    return mixed.to_bytes(len(content), "big")


def _tag(hidden: bytes, key: bytes, place: str) -> bytes:
    return hmac.digest(key, b"%d:" % len(hidden) + hidden + place.encode(), "sha256")
