"""What the three commands about backups have in common."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from cluster import backups


def keys() -> list[str]:
    """Return the keys of BACKUP_KEY, the one in force first; none where backups are not sealed."""
    return [key.strip() for key in settings.BACKUP_KEY.split(",") if key.strip()]


def chosen(said: Path | None) -> Path:
    """Return the backup that is meant: the newest where none is named."""
    if said is not None:
        return said if said.is_absolute() or said.exists() else settings.BACKUP_DIRECTORY / said
    known = backups.known(settings.BACKUP_DIRECTORY)
    if not known:
        raise CommandError(f"There is no backup in {settings.BACKUP_DIRECTORY}.", returncode=1)
    return known[-1]


def megabytes(number: int) -> str:
    """Return a size in words."""
    return f"{number / 1e6:,.1f} MB"
