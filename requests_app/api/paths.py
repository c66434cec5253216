"""Words of a path that narrow a list; each is refused by name when it stands for nothing."""

from __future__ import annotations

import re

from cluster.answers.problems import Invalid
from requests_app.api.filters import LONGEST_TEXT
from requests_app.formats import ROOM
from requests_app.lifecycle import PRIORITY_BY_WORD, Status, parse_status
from security import text

Statuses = tuple[str, ...]


def statuses(word: str) -> Statuses:
    """Return the status a word means, by today's name or the old system's."""
    status = parse_status(word)
    if status is None:
        raise Invalid.field("status", f"Send one of: {', '.join(Status.values)}.", "invalid_choice")
    return (status.value,)


def priorities(word: str) -> tuple[int, ...]:
    """Return the rank of a priority."""
    if word not in PRIORITY_BY_WORD:
        raise Invalid.field("priority", f"Send one of: {', '.join(PRIORITY_BY_WORD)}.", "invalid_choice")
    return (PRIORITY_BY_WORD[word],)


def room(word: str) -> str:
    """Return a room number."""
    if not re.fullmatch(ROOM, word):
        raise Invalid.field("roomNumber", "Send 1 to 10 letters, digits, hyphens or underscores.")
    return word


def name(field: str, word: str) -> str:
    """Return a name to look for."""
    return text.clean(field, word, limit=LONGEST_TEXT, required=True)
