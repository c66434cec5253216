"""Encryption of a file in pieces, so that none can be changed, moved, left out or cut off unseen.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance, 2015) over AES-256-GCM, as age and Tink have it: the nonce of a piece is its
number and whether it is the last. Each file has a key of its own, by HKDF-SHA256 from the house's and a salt.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"bellhop-sealed-1\n"
SALT_BYTES, TAG_BYTES = 32, 16
PIECE_BYTES = 64 * 1024


class WrongKey(ValueError):
    """No key opens it, or somebody changed it."""


class Sealer:
    """Writes what it is given, encrypted, to another file."""

    def __init__(self, to: BinaryIO, key: str, name: str) -> None:
        salt = secrets.token_bytes(SALT_BYTES)
        self._to, self._box = to, AESGCM(derived(key, salt, name))
        self._waiting, self._number = bytearray(), 0
        to.write(MAGIC + salt)

    def write(self, data: bytes) -> int:
        """Take more; a piece is written once it is known not to be the last."""
        self._waiting += data
        while len(self._waiting) > PIECE_BYTES:
            self._put(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]
        return len(data)

    def finish(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._waiting), is_last=True)

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        self._to.write(self._box.encrypt(nonce(self._number, is_last=is_last), piece, None))
        self._number += 1


def opened(source: BinaryIO, keys: list[str], name: str) -> Iterator[bytes]:
    """Yield the pieces of a sealed file. Raises WrongKey where one is not what was written."""
    if source.read(len(MAGIC)) != MAGIC:
        raise WrongKey("it is not sealed")
    salt = source.read(SALT_BYTES)
    boxes = [AESGCM(derived(key, salt, name)) for key in keys]
    number, piece = 0, source.read(PIECE_BYTES + TAG_BYTES)
    while True:
        following = source.read(PIECE_BYTES + TAG_BYTES)
        plain, boxes = _tried(boxes, nonce(number, is_last=not following), piece)
        yield plain
        if not following:
            return
        number, piece = number + 1, following


def _tried(boxes: list[AESGCM], at: bytes, piece: bytes) -> tuple[bytes, list[AESGCM]]:
    """Return what the first fitting key makes of a piece, and that key alone."""
    for box in boxes:
        try:
            return box.decrypt(at, piece, None), [box]
        except InvalidTag:
            continue
    raise WrongKey("no key of BACKUP_KEY opens it, or it was changed")


def nonce(number: int, *, is_last: bool) -> bytes:
    """Return the 12 bytes that a piece is encrypted under: its number, and whether any comes after it."""
    return number.to_bytes(11, "big") + bytes([is_last])


def derived(key: str, salt: bytes, name: str) -> bytes:
    """Return the key of one file."""
    return HKDF(SHA256(), 32, salt, b"bellhop backup: " + name.encode()).derive(key.encode())
