"""Stored answers are sealed: one may hold a token that is shown once and kept nowhere in clear.

AES-GCM, whose associated data is the call's place, so that one call's answer can not be moved to
another. The key comes from SECRET_KEY; answers sealed before it changed open with
SECRET_KEY_FALLBACKS.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64decode, b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


def seal(content: bytes, place: str) -> str:
    """Return ``content`` as text that only this service can open, at this ``place``."""
    nonce = secrets.token_bytes(NONCE)
    return b64encode(nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, content, place.encode())).decode()


def unseal(sealed: str, place: str) -> bytes | None:
    """Return what was sealed at ``place``, or None when no key of ours opens it."""
    raw = b64decode(sealed)
    if len(raw) <= NONCE:  # an answer that was erased
        return None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(secret).decrypt(raw[:NONCE], raw[NONCE:], place.encode())
        except InvalidTag:
            continue
    return None


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"cluster.once:" + secret.encode()).digest())
