"""Which releases have run here, for the way back."""

from __future__ import annotations

from cluster import identity
from cluster.clock import DatabaseNow
from cluster.models import ReleaseSeen
from cluster.releases import departures


def record() -> None:
    """Remember that a life of this node with this release begins."""
    departures.is_back(identity.instance_id())
    if not ReleaseSeen.objects.filter(pk=identity.VERSION).update(started_at=DatabaseNow()):
        row = ReleaseSeen(version=identity.VERSION, started_at=DatabaseNow())
        ReleaseSeen.objects.bulk_create([row], ignore_conflicts=True)
