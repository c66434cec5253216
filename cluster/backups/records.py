"""When the last good backup was made; the row is in the database that was backed up."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import Error as DatabaseProblem
from django.utils import timezone

from cluster.backups.manifest import Manifest
from cluster.models import Backup


def last() -> datetime | None:
    """Return the moment (UTC) the newest known backup shows, or None."""
    newest: datetime | None = Backup.objects.order_by("-taken_at").values_list("taken_at", flat=True).first()
    return newest


def note(manifest: Manifest) -> None:
    """Remember a backup that was written whole."""
    told = {
        "taken_at": manifest.taken_at,
        "bytes": manifest.bytes,
        "rows": sum(manifest.rows.values()),
        "is_sealed": manifest.is_sealed,
    }
    Backup.objects.update_or_create(name=manifest.name, defaults=told)


def note_verified(name: str) -> None:
    """Remember that a backup was read through and found whole; that a database is lost is no harm."""
    with suppress(DatabaseProblem):
        Backup.objects.filter(name=name).update(verified_at=timezone.now())
