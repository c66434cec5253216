"""The lease: who leads for the next three seconds."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from django.db import Error as DatabaseProblem
from django.db import transaction
from django.db.models import F, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from cluster import metrics
from cluster.clock import DatabaseNow
from cluster.leader import fence
from cluster.models import ONLY_ROW, LeaderFence, LeaderLease

logger = logging.getLogger("bellhop.leader")

LEASE_SECONDS = 3.0
LEASE = timedelta(seconds=LEASE_SECONDS)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who leads, if anybody, and in which term."""

    leader: str | None
    term: int


class Lease:
    """One process's hold on the lease; ``keep`` it each second."""

    def __init__(self) -> None:
        self._term = 0
        self._until = 0.0

    @property
    def term(self) -> int | None:
        """Return the term while we surely lead, by our own clock; None otherwise, as after a long pause."""
        return self._term if monotonic() < self._until else None

    def keep(self, holder: str, boot: str) -> int | None:
        """Renew the lease, or take it when it has run out; return the term while we lead."""
        asked = monotonic()
        if self._renewed(boot) or self._taken(holder, boot):
            # Counted from before the question: the database can only have begun later.
            self._until = asked + LEASE_SECONDS
        else:
            self.drop()
        return self.term

    def drop(self) -> None:
        """Lead no more, without a word to the others."""
        self._term, self._until = 0, 0.0

    def release(self, boot: str) -> None:
        """Let the next one lead at once."""
        self.drop()
        LeaderLease.objects.filter(pk=ONLY_ROW, boot=boot).update(expires_at=DatabaseNow())

    def _renewed(self, boot: str) -> bool:
        ours = LeaderLease.objects.filter(pk=ONLY_ROW, boot=boot, token=self._term)
        return bool(self._term and ours.update(expires_at=DatabaseNow() + LEASE))

    def _taken(self, holder: str, boot: str) -> bool:
        if not self._won(holder, boot):
            if LeaderLease.objects.exists():
                return False
            LeaderLease.objects.bulk_create([LeaderLease(expires_at=DatabaseNow())], ignore_conflicts=True)
            if not self._won(holder, boot):
                return False
        self._term = LeaderLease.objects.values_list("token", flat=True).get(pk=ONLY_ROW, boot=boot)
        metrics.LEADER_TAKEOVERS.inc()
        logger.info("leader.took_over", extra={"term": self._term})
        _raise_fence(self._term)
        return True

    def _won(self, holder: str, boot: str) -> int:
        over = LeaderLease.objects.filter(pk=ONLY_ROW, expires_at__lte=DatabaseNow())
        fence_now = Coalesce(Subquery(LeaderFence.objects.values("token")[:1]), Value(0))
        # Above the fence too: should the lease's row ever be lost, its terms must not begin anew.
        term = Greatest(F("token"), fence_now) + 1
        return over.update(holder=holder, boot=boot, token=term, expires_at=DatabaseNow() + LEASE)


def standing() -> Standing:
    """Return who leads now."""
    row = LeaderLease.objects.annotate(now=DatabaseNow()).filter(pk=ONLY_ROW).first()
    if row is None:
        return Standing(None, 0)
    return Standing(row.holder if row.expires_at > row.now else None, row.token)


def _raise_fence(term: int) -> None:
    """Keep the former leader out from now on; if it is just writing, our first work will."""
    try:
        with transaction.atomic():
            fence.stand(term)
    except (DatabaseProblem, fence.Deposed) as problem:
        logger.info("leader.fence_waits", extra={"problem": repr(problem)})
