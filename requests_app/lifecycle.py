"""The rules of a request, pure: no clock, no database, no settings.

Statuses and legal moves, alarm words, due times. Everything here takes values and returns
values, so each rule can be read, tested and quoted on its own (contract, sections 3 and 4).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a request stands."""

    PENDING = "pending", _("Pending")
    IN_PROGRESS = "in-progress", _("In progress")
    ON_HOLD = "on-hold", _("On hold")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


class Priority(models.IntegerChoices):
    """How much it matters; stored as a rank so that it sorts."""

    LOW = 1, _("low")
    MEDIUM = 2, _("medium")
    HIGH = 3, _("high")


class Urgency(models.IntegerChoices):
    """How soon it matters; stored as a rank so that it sorts."""

    NORMAL = 1, _("normal")
    URGENT = 2, _("urgent")
    CRITICAL = 3, _("critical")


class Source(models.TextChoices):
    """Through which door it came."""

    GUEST = "guest", _("Guest")
    STAFF = "staff", _("Staff")
    VOICE = "voice", _("Voice assistant")
    API = "api", _("API")
    ANONYMOUS = "anonymous", _("Anonymous")


PRIORITY_BY_WORD = MappingProxyType({"low": 1, "medium": 2, "high": 3})
URGENCY_BY_WORD = MappingProxyType({"normal": 1, "urgent": 2, "critical": 3})
PRIORITY_WORDS = MappingProxyType({rank: word for word, rank in PRIORITY_BY_WORD.items()})
URGENCY_WORDS = MappingProxyType({rank: word for word, rank in URGENCY_BY_WORD.items()})

OPEN = frozenset({Status.PENDING, Status.IN_PROGRESS, Status.ON_HOLD})
HIGHEST_LEVEL = 10

MOVES: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        Status.PENDING: frozenset({Status.IN_PROGRESS, Status.ON_HOLD, Status.COMPLETED, Status.CANCELLED}),
        Status.IN_PROGRESS: frozenset({Status.ON_HOLD, Status.COMPLETED, Status.CANCELLED}),
        Status.ON_HOLD: frozenset({Status.IN_PROGRESS, Status.COMPLETED, Status.CANCELLED}),
        Status.COMPLETED: frozenset({Status.IN_PROGRESS}),
        Status.CANCELLED: frozenset(),
    }
)

STATUS_BY_WORD: Mapping[str, Status] = MappingProxyType(
    {
        **{status.value: status for status in Status},
        "in_progress": Status.IN_PROGRESS,
        "on_hold": Status.ON_HOLD,
        "Đã ghi nhận": Status.PENDING,
        "Đang xử lý": Status.IN_PROGRESS,
        "Tạm dừng": Status.ON_HOLD,
        "Chờ phản hồi": Status.ON_HOLD,
        "Hoàn thành": Status.COMPLETED,
        "Đã hủy": Status.CANCELLED,
    }
)

ALARM_WORDS = frozenset(
    {
        *("urgent", "emergency", "immediate", "critical", "broken", "leak", "fire"),
        *("khẩn cấp", "khẩn", "gấp", "cấp cứu", "ngay lập tức"),
        *("nghiêm trọng", "hỏng", "rò rỉ", "cháy", "hỏa hoạn"),
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Return ``text`` as it is compared: NFC and case-folded in every script (Straße = STRASSE)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def parse_status(word: str) -> Status | None:
    """Return the status a client means, legacy and Vietnamese names included, or None."""
    return STATUS_BY_WORD.get(unicodedata.normalize("NFC", word.strip()))


def may_move(old: Status, new: Status) -> bool:
    """Say whether the move is legal; the same status again is not a move."""
    return new in MOVES[old]


def is_reopening(old: Status, new: Status) -> bool:
    """Say whether the move takes a completed request up again."""
    return old is Status.COMPLETED and new is Status.IN_PROGRESS


def needs_notes(old: Status, new: Status) -> bool:
    """Say whether the move must be explained: cancelling and reopening must."""
    return old is not new and (new is Status.CANCELLED or is_reopening(old, new))


def found_alarm_words(text: str, words: Iterable[str]) -> list[str]:
    """Return the alarm words that stand in ``text`` as whole words, case-folded, sorted."""
    folded = fold(text)
    return sorted(word for word in _folded(tuple(words)) if _stands_alone(word, folded))


@lru_cache(maxsize=1024)
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(word) for word in words) - {""}


def _stands_alone(word: str, folded: str) -> bool:
    return word in folded and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", folded) is not None


def is_pressing(priority: int, urgency: int) -> bool:
    """Say whether a request is to be assigned at once and shown among the urgent ones."""
    return priority == Priority.HIGH or urgency >= Urgency.URGENT


def due_at(created: datetime, held: timedelta, minutes: Mapping[int, int], priority: int) -> datetime:
    """Return when a request is due: ``minutes`` of its priority after ``created``, holds not counted."""
    return created + held + timedelta(minutes=minutes[priority])


def is_overdue(status: str, due: datetime | None, held: datetime | None, now: datetime) -> bool:
    """Say whether an open request's clock has run out; on hold the clock stands at ``held``."""
    return due is not None and status in OPEN and due < (held or now)


def escalation_level(due: datetime | None, created: datetime, held: timedelta, clock: datetime) -> int:
    """Return how far up a request belongs: 1 when due, one more at each further half of its limit.

    The limit is read back from ``due_at``'s own terms, so it is the one the request was promised,
    whatever the catalogue says by now. Without one there is no half to wait for: it stays at 1.
    """
    if due is None or clock < due:
        return 0
    half = (due - created - held) / 2
    return min(1 + (clock - due) // half, HIGHEST_LEVEL) if half > timedelta() else 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on duty who could take a request: ``last`` is the time of their last assignment."""

    user_id: int
    username: str
    open_requests: int
    last: datetime | None


def choose_assignee(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return whose turn it is: fewest open requests, then longest idle, then username."""
    return min(candidates, key=_turn, default=None)


def _turn(candidate: Candidate) -> tuple[int, float, str]:
    waited_since = candidate.last.timestamp() if candidate.last else float("-inf")
    return candidate.open_requests, waited_since, candidate.username
