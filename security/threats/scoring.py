"""Texts in, reasons out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from security.threats import commands, markup, sql
from security.threats.signs import ENOUGH
from security.threats.unfolding import unfold


class Reason(StrEnum):
    """Why a source is suspected; also the label of the metric."""

    SCRIPT = "script-injection"
    SQL = "sql-injection"
    TRAVERSAL = "path-traversal"
    COMMAND = "command-injection"
    SCANNER = "scanner"
    PROBE = "probe"
    AUTOMATION = "automation"
    STUFFING = "credential-stuffing"
    HAMMERING = "limit-hammering"
    ENUMERATION = "enumeration"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason, its points, and whether it comes from a text somebody wrote."""

    reason: Reason
    points: float
    is_text: bool = False


POINTS = 10.0
MOST_TEXTS = 200
MOST_CHARACTERS = 20_000
"""How much of one call is looked at: what a call can cost is bounded, whoever wrote it."""

LONGEST = 1_000
"""No field keeps more characters; of a longer text, which every door refuses, both ends are looked at."""

# Prose has none of these; most texts end here.
_ODD = re.compile(r"[<>\"'`=;(){}\[\]|&$%\\/#@*:]|--|\.\.|\bunion\b|\bby\s+\d|\+ADw-|PHNjcmlwd|0x2")

_KINDS: tuple[tuple[Reason, Callable[[str], int]], ...] = (
    (Reason.SCRIPT, markup.weight),
    (Reason.SQL, sql.weight),
    (Reason.TRAVERSAL, commands.path_weight),
    (Reason.COMMAND, commands.command_weight),
)


def in_text(text: str) -> list[Reason]:
    """Return what one text looks like; most look like nothing."""
    text = _ends_of(text)
    if _ODD.search(text) is None:
        return []
    plain = unfold(text)
    found = [reason for reason, weight in _KINDS if weight(plain) >= ENOUGH]
    if Reason.SCRIPT not in found and markup.is_disguised(text):
        found.append(Reason.SCRIPT)
    return found


def in_texts(texts: Iterable[str]) -> list[Finding]:
    """Return each reason found in a call's texts once: a long call is not a worse one."""
    found: dict[Reason, None] = {}
    left = MOST_CHARACTERS
    for text in islice(texts, MOST_TEXTS):
        found.update(dict.fromkeys(in_text(text[:left])))
        left -= min(left, len(text), 2 * LONGEST)
    return [Finding(reason, POINTS, is_text=True) for reason in found]


def _ends_of(text: str) -> str:
    return text if len(text) <= 2 * LONGEST else f"{text[:LONGEST]} {text[-LONGEST:]}"
