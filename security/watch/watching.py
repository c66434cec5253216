"""From findings to a sum, and from a sum over the threshold to a block."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.conf import settings
from django.db import Error as DatabaseProblem

from cluster import flags
from security.flags import ADVANCED_SECURITY
from security.metrics import BLOCKS_MADE, THREAT_REASONS
from security.threats import Finding
from security.watch import blocks, tally

logger = logging.getLogger("bellhop.security")

SHARE_OF_TEXTS = 0.6
"""The most that texts alone can bring of the way to the threshold."""


def record(source: str, findings: Sequence[Finding]) -> None:
    """Add what was found to a source's sum; over the threshold it is blocked. With the flag off: nothing."""
    if not findings or not flags.is_on(ADVANCED_SECURITY):
        return
    reasons = [str(finding.reason) for finding in findings]
    for reason in reasons:
        THREAT_REASONS.labels(reason).inc()
    texts = sum(finding.points for finding in findings if finding.is_text)
    acts = sum(finding.points for finding in findings if not finding.is_text)
    threshold = settings.THREAT_BLOCK_SCORE
    score = tally.add(source, acts=acts, texts=texts).score(threshold * SHARE_OF_TEXTS)
    logger.warning("threat.suspected", extra={"source": source, "reasons": reasons, "score": round(score, 1)})
    if score >= threshold:
        _block(source, reasons)


def _block(source: str, reasons: Sequence[str]) -> None:
    if blocks.find(source) is not None:
        return
    try:
        blocks.add(source, seconds=settings.THREAT_BLOCK_TIME / 1000, reasons=reasons)
    except DatabaseProblem:
        logger.warning("source.not_blocked", extra={"source": source, "problem": "database"})
        return
    BLOCKS_MADE.inc()
