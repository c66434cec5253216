"""The chain: each entry's digest covers all of it and the digest of the entry before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import orjson

SERVICE = 0
"""The chain of the control stream: flags, orders, blocks, changes of access."""

DOORS = -1
"""The chain of what happens outside any stream: logins and refusals."""

START = ""


@dataclass(slots=True)
class Row:
    """An entry that is about to be written: the columns of ``AuditEntry``, without what a model costs."""

    chain: int
    at: datetime
    node: str
    action: str
    actor_kind: str
    actor: str
    property_id: int | None
    target: str
    door: str
    address: str
    request_id: str
    before: str
    after: str
    count: int = 1
    number: int = 0
    previous: str = START
    digest: str = START


class Entry(Protocol):
    """What a digest covers, of a row to be written as of one that was read."""

    chain: int
    number: int
    at: datetime
    node: str
    action: str
    actor_kind: str
    actor: str
    property_id: int | None
    target: str
    door: str
    address: str
    request_id: str
    before: str
    after: str
    count: int
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Tip:
    """The end of a chain: the number of its last entry, and that entry's digest."""

    number: int = 0
    digest: str = START

    @classmethod
    def read(cls, text: str) -> Tip:
        """Return the tip a head keeps."""
        number, _, digest = text.partition(":")
        return cls(int(number), digest) if number.isdecimal() else cls()

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


def link(entry: Entry, tip: Tip) -> Tip:
    """Put an entry behind the tip, and return the new one."""
    entry.number, entry.previous = tip.number + 1, tip.digest
    entry.digest = digest_of(entry)
    return Tip(entry.number, entry.digest)


def digest_of(entry: Entry, *, number: int | None = None, previous: str | None = None) -> str:
    """Return the digest an entry should have, or would have in another place."""
    return hashlib.sha256(
        orjson.dumps(
            [
                entry.previous if previous is None else previous,
                entry.chain,
                entry.number if number is None else number,
                entry.at,
                entry.node,
                entry.action,
                entry.actor_kind,
                entry.actor,
                entry.property_id,
                entry.target,
                entry.door,
                entry.address,
                entry.request_id,
                entry.before,
                entry.after,
                entry.count,
            ]
        )
    ).hexdigest()
