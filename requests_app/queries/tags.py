"""Weak ETags made of the state of the streams: a client that has the present answer is told so for nothing.

    W/"<what was asked, in which state>-<when the next request becomes overdue>"

The second half makes the tag end by itself: while the heads stand still, only the clock can change
an answer, and the client's own tag says when it will.
"""

from __future__ import annotations

import hashlib
import re
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

TAG = re.compile(r'(?:W/)?"([^"]*)"')
MOMENT = re.compile(r"-([0-9a-f]{1,12})")


@dataclass(frozen=True, slots=True)
class Tag:
    """The name of one answer in one state of the streams."""

    name: str

    def text(self, flips_at: bytes) -> str:
        """Return the header's value; ``flips_at`` as ``moment`` writes it."""
        return f'W/"{self.name}-{flips_at.decode()}"' if flips_at else f'W/"{self.name}"'

    def is_fresh(self, seen: str) -> bool:
        """Say whether the copy that ``If-None-Match`` names is what we would answer now."""
        return bool(seen) and (seen.strip() == "*" or any(map(self._stands, TAG.findall(seen))))

    def seen_in(self, seen: str) -> str:
        """Return the client's own tag that is fresh."""
        return next((f'W/"{word}"' for word in TAG.findall(seen) if self._stands(word)), f'W/"{self.name}"')

    def _stands(self, word: str) -> bool:
        if not word.startswith(self.name):
            return False
        rest = word[len(self.name) :]
        flips_at = MOMENT.fullmatch(rest)
        return not rest or (flips_at is not None and time.time() * 1000 < int(flips_at[1], 16))


def moment(flips_at: datetime | None) -> bytes:
    """Return a moment as tags write it: milliseconds in hexadecimal, empty for never."""
    return b"" if flips_at is None else b"%x" % int(flips_at.timestamp() * 1000)


def named(generation: str, asked: str) -> Tag | None:
    """Return the name of what is asked in this state; None where the state has no name."""
    if not generation:
        return None
    digest = hashlib.blake2b(f"{generation}\0{asked}".encode(), digest_size=15).digest()
    # A sign that the alphabet lacks divides the two halves.
    return Tag(urlsafe_b64encode(digest).decode().replace("-", "."))
