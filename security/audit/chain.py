"""The chain: each entry's digest covers all of it and the digest of the entry before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import orjson

from security.models import AuditEntry

SERVICE = 0
"""The chain of the control stream: flags, orders, blocks, changes of access."""

DOORS = -1
"""The chain of what happens outside any stream: logins and refusals."""

START = ""


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


def link(entry: AuditEntry, tip: Tip) -> Tip:
    """Put an entry behind the tip, and return the new one."""
    entry.number, entry.previous = tip.number + 1, tip.digest
    entry.digest = digest_of(entry)
    return Tip(entry.number, entry.digest)


def digest_of(entry: AuditEntry, *, number: int | None = None, previous: str | None = None) -> str:
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
