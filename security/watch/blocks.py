"""Blocks: rows that every node knows by heart, read anew twice a second by its pulse.

The look-up is one question to a dictionary, mostly empty. A block of a caller also counts as a change
of their access, so that their open sockets are looked at again at once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import Error as DatabaseProblem
from django.db import transaction
from django.utils import timezone

from cluster import flags
from cluster.answers.problems import Problem
from cluster.leader import leader_work
from cluster.models import CONTROL_STREAM
from cluster.streams import unit_of_work
from security import text
from security.audit.origin import refusing
from security.caller import ANONYMOUS, SYSTEM, Caller
from security.flags import ADVANCED_SECURITY
from security.metrics import CALLS_BLOCKED
from security.models import Block
from security.signals import tell_access_changed
from security.watch import tally

logger = logging.getLogger("bellhop.security")

BLOCKED = "source:blocked"
UNBLOCKED = "source:unblocked"
MOST = 10_000
REASON_LENGTH = 200
LONGEST_MINUTES = 366 * 24 * 60

OWNERS = {"user": "user_id", "stay": "stay_id", "key": "credential_id"}


class SuspiciousRequest(Problem):
    """Too much that looked like an attack came from there."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "SUSPICIOUS_REQUEST_BLOCKED"
    message: ClassVar[str] = "Too many suspicious requests came from you; try again later."


@dataclass(frozen=True, slots=True)
class Known:
    """What a node keeps of a block in mind."""

    until: datetime
    is_whole: bool


_known: Mapping[str, Known] = {}


def refresh() -> None:
    """Read the blocks anew; with the database away all stays as it was."""
    global _known  # noqa: PLW0603
    try:
        rows = Block.objects.filter(until__gt=timezone.now()).order_by("-id")[:MOST]
        _known = {row.source: Known(row.until, row.is_whole) for row in rows}
    except DatabaseProblem:
        logger.debug("blocks.not_read")


def are_there() -> bool:
    """Say whether anybody is blocked at all."""
    return bool(_known)


def find(source: str) -> Known | None:
    """Return the block that holds for a source now, if any; none while the flag is off."""
    found = _known.get(source)
    if found is None or found.until <= timezone.now() or not flags.is_on(ADVANCED_SECURITY):
        return None
    return found


def require_free(caller: Caller) -> None:
    """Refuse a caller who is blocked. Raises SuspiciousRequest."""
    if _known and caller.is_known and (found := find(caller.identity())):
        raise refusal(found)


def refusal(found: Known) -> SuspiciousRequest:
    """Return what somebody blocked is told, and count it."""
    CALLS_BLOCKED.inc()
    refusing("blocked")
    left = (found.until - timezone.now()).total_seconds()
    return SuspiciousRequest(retry_after=max(1, round(left)))


def add(
    source: str,
    *,
    seconds: float,
    reasons: Sequence[str] = (),
    by: str = "",
    is_whole: bool = False,
) -> Block:
    """Block a source for a while on every node; a longer block is never made shorter by itself."""
    reasons = [text.clean("reason", reason, limit=REASON_LENGTH, multiline=False) for reason in reasons]
    until = timezone.now() + timedelta(seconds=seconds)
    told = {
        "reasons": sorted(set(reasons)),
        "made_by": by or "threshold",
        "is_whole": is_whole,
        "until": until,
    }
    with unit_of_work():
        before = _standing(source)
        row, _ = Block.objects.update_or_create(source=source, defaults=told)
        said = {"until": until.isoformat(), "reasons": told["reasons"], "by": told["made_by"]}
        _tell(BLOCKED, source, said, before)
        transaction.on_commit(refresh, robust=True)
    logger.warning(
        "source.blocked",
        extra={
            "source": source,
            "reasons": told["reasons"],
            "by": told["made_by"],
            "until": until.isoformat(),
        },
    )
    return row


def remove(source: str, *, by: str) -> bool:
    """Let a source in again and forget its score; say whether it was blocked."""
    with unit_of_work():
        before = _standing(source)
        gone, _ = Block.objects.filter(source=source).delete()
        if gone:
            _tell(UNBLOCKED, source, {"by": by}, before)
            transaction.on_commit(lambda: tally.forget(source), robust=True)
            transaction.on_commit(refresh, robust=True)
    if gone:
        logger.warning("source.unblocked", extra={"source": source, "by": by})
    return bool(gone)


def forget_as_leader(term: int) -> None:
    """Delete the blocks that ended a day ago."""
    old = Block.objects.filter(until__lt=timezone.now() - timedelta(days=1))
    if old.exists():
        with leader_work(term):
            old.delete()


def in_words(change: Mapping[str, object]) -> str:
    """Say in a sentence what happened, for the page that managers look at."""
    if "until" not in change:
        return f"{change['by']} unblocked {change['source']}"
    reasons = change["reasons"]
    why = ", ".join(reasons) if isinstance(reasons, list) and reasons else "no reason given"
    return f"{change['source']} was blocked by {change['by']} until {change['until']} ({why})"


def _standing(source: str) -> dict[str, object]:
    """Return the block there is."""
    row = Block.objects.filter(source=source).first()
    return {"until": row.until, "reasons": row.reasons, "by": row.made_by} if row else {}


def _tell(name: str, source: str, data: Mapping[str, object], before: Mapping[str, object]) -> None:
    whole = {"source": source, **data}
    with unit_of_work() as work:
        work.emit(
            CONTROL_STREAM,
            name,
            label="control",
            subjects=(),
            rooms=["control"],
            actor={**SYSTEM.as_actor(), "displayName": data["by"]},
            data=whole,
            change=whole,
            beside={"from": before},
        )
        kind, _, number = source.partition(":")
        if kind in OWNERS:
            tell_access_changed(by=ANONYMOUS, **{OWNERS[kind]: int(number)})
