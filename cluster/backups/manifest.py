"""What a backup says of itself: ``manifest.json``, written last."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cluster.backups.sealing import derived

NAME = "manifest.json"
FORMAT = 1


class Broken(Exception):
    """A backup that is not what was written; says which part, and how."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file: a table's rows, or a whole SQLite database. ``file`` and ``content`` are SHA-256 in hex."""

    name: str
    rows: int
    bytes: int
    file: str
    content: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """All of it. ``heads`` are the streams' epochs and numbers, ``rows`` are counted by table."""

    name: str
    taken_at: datetime
    release: str
    engine: str
    is_sealed: bool
    migrations: dict[str, list[str]]
    heads: dict[str, str]
    rows: dict[str, int]
    parts: tuple[Part, ...] = field(default=())

    @property
    def bytes(self) -> int:
        """Return how much the files weigh."""
        return sum(part.bytes for part in self.parts)


def write(folder: Path, manifest: Manifest, keys: list[str]) -> Path:
    """Write the manifest, and what vouches for it where there is a key."""
    said = asdict(manifest) | {"format": FORMAT, "taken_at": manifest.taken_at.isoformat()}
    body = json.dumps(said, sort_keys=True)
    path = folder / NAME
    path.write_text(json.dumps({"manifest": said, "mac": _mac(keys[0], body) if keys else ""}, indent=1))
    return path


def read(folder: Path, keys: list[str]) -> Manifest:
    """Return a backup's manifest. Raises Broken."""
    path = folder / NAME
    try:
        told = json.loads(path.read_bytes())
        said: dict[str, Any] = told["manifest"]
        body = json.dumps(said, sort_keys=True)
        if said.pop("format") != FORMAT:
            raise Broken(f"{path}: made by a release with another format of backups")
        said["parts"] = tuple(Part(**{**part, "columns": tuple(part["columns"])}) for part in said["parts"])
        manifest = Manifest(**{**said, "taken_at": datetime.fromisoformat(said["taken_at"])})
    except FileNotFoundError:
        raise Broken(f"{folder} holds no backup: there is no {NAME}") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Broken(f"{path} can not be read ({type(error).__name__})") from None
    if manifest.is_sealed and not any(hmac.compare_digest(_mac(key, body), told["mac"]) for key in keys):
        raise Broken(
            f"{path}: no key of BACKUP_KEY vouches for it" if keys else f"{path}: BACKUP_KEY is needed"
        )
    return manifest


def _mac(key: str, body: str) -> str:
    return hmac.new(derived(key, b"", NAME), body.encode(), hashlib.sha256).hexdigest()
