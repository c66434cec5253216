"""The old system's words in ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from requests_app.lifecycle import (
    PRIORITY_BY_WORD,
    URGENCY_BY_WORD,
    Priority,
    Status,
    Urgency,
    fold,
    parse_status,
)

DELETED = "deleted"

PRIORITIES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        **{word: (rank, Urgency.NORMAL.value) for word, rank in PRIORITY_BY_WORD.items()},
        "normal": (Priority.MEDIUM.value, Urgency.NORMAL.value),
        "thấp": (Priority.LOW.value, Urgency.NORMAL.value),
        "bình thường": (Priority.MEDIUM.value, Urgency.NORMAL.value),
        "trung bình": (Priority.MEDIUM.value, Urgency.NORMAL.value),
        "cao": (Priority.HIGH.value, Urgency.NORMAL.value),
        "khẩn cấp": (Priority.HIGH.value, Urgency.URGENT.value),
        "urgent": (Priority.HIGH.value, Urgency.URGENT.value),
        "critical": (Priority.HIGH.value, Urgency.CRITICAL.value),
    }
)
"""A priority as priority and the least urgency that goes with it."""

SEPARATORS = re.compile(r"[\s_&/,.+-]+")


def status_of(word: str) -> Status | None:
    """Return the status an old row means; one that was deleted is told by ``DELETED`` itself."""
    return parse_status(word) or parse_status(word.lower())


def priority_of(word: str) -> tuple[int, int] | None:
    """Return priority and least urgency."""
    return PRIORITIES.get(fold(word))


def urgency_of(word: str) -> int | None:
    """Return the urgency."""
    return URGENCY_BY_WORD.get(fold(word))


def code_of(words: str) -> str:
    """Return words as a code of the catalogue would be written: ``Room Service`` as ``room-service``."""
    return SEPARATORS.sub("-", fold(words.strip())).strip("-")
