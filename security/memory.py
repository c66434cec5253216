"""Callers this process has just met, believed only while nobody's access has changed.

Every change of access moves a version on the head of the control stream, in the change's own
transaction. A caller remembered from version 7 is good wherever a later read of that head still
says 7: a token revoked anywhere is refused by the next call that begins after that. Nobody is
remembered for longer than a second, so that rights changed behind our back, by SQL, follow too.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from time import monotonic
from typing import Any

from django.http import HttpRequest

from cluster import flags
from cluster.models import CONTROL_STREAM
from cluster.streams import ACCESS, NEVER, Head
from security import limits
from security.caller import Caller
from security.watch import blocks

SECONDS = 1.0
MOST = 1_000
MOST_NOTES = 64

Access = tuple[str, int]


@dataclass(slots=True)
class Remembered:
    """A caller, and the version of everybody's access that was read with their credential.

    ``notes`` is for doors: what they need not find out again about this caller.
    """

    caller: Caller
    access: Access
    until: float
    notes: dict[object, Any] = field(default_factory=dict)

    def stands_by(self, heads: Mapping[int, Head]) -> bool:
        """Say whether the caller is still who they were, by heads read in this call."""
        return heads.get(CONTROL_STREAM, NEVER).version(ACCESS) == self.access

    def note(self, key: object, what: object) -> None:
        """Keep something until the caller is forgotten."""
        if len(self.notes) < MOST_NOTES:
            self.notes[key] = what


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who makes this call, settled without their credential, and the heads that settled it."""

    caller: Caller
    heads: Mapping[int, Head]


_met: OrderedDict[bytes, Remembered] = OrderedDict()
_lock = Lock()


def recall(authorization: str) -> Remembered | None:
    """Return who showed this header a moment ago; whether they still are, the heads must say."""
    found = _met.get(_digest(authorization)) if authorization else None
    if found is None or found.until < monotonic():
        return None
    end = found.caller.good_until
    return None if end is not None and end <= datetime.now(UTC) else found


def remember(authorization: str, caller: Caller, access: Access) -> None:
    """Keep a caller whose credential was just read, at this version of everybody's access."""
    key = _digest(authorization)
    with _lock:
        _met.pop(key, None)
        _met[key] = Remembered(caller, access, monotonic() + SECONDS)
        while len(_met) > MOST:
            _met.popitem(last=False)


def forget() -> None:
    """Forget everybody."""
    with _lock:
        _met.clear()


def recognised(request: HttpRequest) -> Recognised | None:
    """Return who makes this call, where that is settled already."""
    found: Recognised | None = getattr(request, "recognised", None)
    return found


def recognise(request: HttpRequest, remembered: Remembered, heads: Mapping[int, Head]) -> Recognised | None:
    """Settle who makes this call by heads that were just read; None when access or a flag has changed.

    Every short way comes through here, so here the call is counted: raises LimitExceeded.
    """
    # After a switch what was decided before these heads were read is decided again, on the whole way.
    if not remembered.stands_by(heads) or flags.follow(heads.get(CONTROL_STREAM)):
        return None
    if blocks.are_there() and blocks.find(remembered.caller.identity()):
        return None  # the door says no, and why
    found = Recognised(remembered.caller, heads)
    request.recognised = found  # type: ignore[attr-defined]
    request.caller = found.caller  # type: ignore[attr-defined]
    limits.admit(request, found.caller)
    return found


def _digest(authorization: str) -> bytes:
    # Not the header itself: a token should not lie about in memory.
    return hashlib.sha256(authorization.encode(errors="surrogateescape")).digest()
