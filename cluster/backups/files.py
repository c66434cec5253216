"""A part's file: compressed, then sealed where there is a key, then counted and written down."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from cluster.backups.manifest import Broken, Part
from cluster.backups.sealing import Sealer, WrongKey, opened

LEVEL = 3
SUFFIX = ".z"
READ_BYTES = 256 * 1024


class Counted:
    """A file that knows the digest of what was written to it."""

    def __init__(self, path: Path) -> None:
        self.path, self.bytes, self.digest = path, 0, hashlib.sha256()
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def write(self, data: bytes) -> int:
        """Write and count."""
        self.digest.update(data)
        self.bytes += len(data)
        return self._file.write(data)

    def close(self) -> None:
        """Have it on the disk before anybody says so."""
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())


class Writer:
    """Takes the content of one part; ``done`` says what became of it."""

    def __init__(self, folder: Path, name: str, key: str) -> None:
        self.name, self.rows = name, 0
        self._file = Counted(folder / f"{name}{SUFFIX}")
        sink = cast("BinaryIO", self._file)
        self._sealer = Sealer(sink, key, name) if key else None
        self._to: Any = self._sealer or self._file
        self._content, self._packer = hashlib.sha256(), zlib.compressobj(LEVEL)

    def write(self, data: bytes | memoryview) -> None:
        """Take more of it."""
        data = bytes(data)
        self._content.update(data)
        self._to.write(self._packer.compress(data))

    def done(self, columns: tuple[str, ...] = ()) -> Part:
        """Finish the file."""
        self._to.write(self._packer.flush())
        if self._sealer:
            self._sealer.finish()
        self._file.close()
        told = self._file.digest.hexdigest(), self._content.hexdigest()
        return Part(self.name, self.rows, self._file.bytes, *told, columns)


def contents(folder: Path, part: Part, keys: list[str], *, sealed: bool) -> Iterator[bytes]:
    """Yield what was written. Raises Broken, also at the end, where anything is not as it was."""
    path = folder / f"{part.name}{SUFFIX}"
    content, unpacker = hashlib.sha256(), zlib.decompressobj()
    try:
        with path.open("rb") as file:
            pieces = opened(file, keys, part.name) if sealed else iter(lambda: file.read(READ_BYTES), b"")
            for piece in pieces:
                plain = unpacker.decompress(piece)
                content.update(plain)
                yield plain
    except (OSError, WrongKey, zlib.error) as error:
        raise Broken(f"{path}: {error}") from None
    if not unpacker.eof or content.hexdigest() != part.content:
        raise Broken(f"{path} is not what was written")


def check_file(folder: Path, part: Part) -> None:
    """Compare a file with its digest: what a copy to another disk may have done. Raises Broken."""
    path = folder / f"{part.name}{SUFFIX}"
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while data := file.read(READ_BYTES):
                digest.update(data)
    except OSError as error:
        raise Broken(f"{path}: {error.strerror}") from None
    if digest.hexdigest() != part.file:
        raise Broken(
            f"{path} was changed or cut: it weighed {part.bytes:,} bytes, now {path.stat().st_size:,}"
        )
