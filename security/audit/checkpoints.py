"""Signatures under the tips, made by the leader where a chain has moved."""

from __future__ import annotations

import logging

from django.core.signing import BadSignature, Signer
from django.utils import timezone

from cluster.leader import leader_work
from cluster.models import StreamHead
from security.audit.chain import Tip
from security.audit.digests import keys
from security.metrics import AUDIT_CHECKPOINTS
from security.models import AuditCheckpoint

logger = logging.getLogger("bellhop.security")

EVERY_SECONDS = 300
SALT = "bellhop.audit.checkpoint"


def sign_as_leader(term: int) -> None:
    """Sign the tips that moved since they were last signed, as the cluster's leader."""
    moved = unsigned()
    if moved:
        with leader_work(term):
            made = [sign(chain, tip) for chain, tip in moved]
        for checkpoint in made:
            _tell(checkpoint)


def unsigned() -> list[tuple[int, Tip]]:
    """Return the chains whose tip is not signed."""
    tips = StreamHead.objects.exclude(tip="").order_by("stream").values_list("stream", "tip")
    return [(chain, tip) for chain, tip in ((c, Tip.read(t)) for c, t in tips) if _last(chain) < tip.number]


def sign(chain: int, tip: Tip) -> AuditCheckpoint:
    """Sign one tip."""
    checkpoint = AuditCheckpoint(chain=chain, number=tip.number, digest=tip.digest, at=timezone.now())
    checkpoint.signature = _signer().signature(_text(checkpoint))
    checkpoint.save(force_insert=True)
    return checkpoint


def is_genuine(checkpoint: AuditCheckpoint) -> bool:
    """Say whether one of our keys made this signature."""
    try:
        _signer().unsign(f"{_text(checkpoint)}:{checkpoint.signature}")
    except BadSignature:
        return False
    return True


def _signer() -> Signer:
    first, *older = keys()
    return Signer(key=first, salt=SALT, algorithm="sha256", fallback_keys=[*older])


def _text(checkpoint: AuditCheckpoint) -> str:
    return f"{checkpoint.chain}|{checkpoint.number}|{checkpoint.digest}|{checkpoint.at.isoformat()}"


def _last(chain: int) -> int:
    rows = AuditCheckpoint.objects.filter(chain=chain).order_by("-number")
    return rows.values_list("number", flat=True).first() or 0


def _tell(checkpoint: AuditCheckpoint) -> None:
    AUDIT_CHECKPOINTS.inc()
    logger.info(
        "audit.checkpoint",
        extra={
            "chain": checkpoint.chain,
            "number": checkpoint.number,
            "digest": checkpoint.digest,
            "at": checkpoint.at.isoformat(),
            "signature": checkpoint.signature,
        },
    )
