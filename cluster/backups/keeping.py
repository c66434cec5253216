"""Which backups there are, and which of them may go."""

from __future__ import annotations

import shutil
from pathlib import Path

from cluster.backups.manifest import NAME
from cluster.backups.taking import PARTIAL, PREFIX
from cluster.models import Backup


def known(folder: Path) -> list[Path]:
    """Return the backups in a folder, oldest first."""
    return sorted(path for path in folder.glob(f"{PREFIX}*") if (path / NAME).is_file())


def forget_old(folder: Path, keep: int) -> list[str]:
    """Delete all but the newest ``keep``, and what a killed run left. The newest that was verified stays."""
    for left in folder.glob(f"{PARTIAL}*"):
        shutil.rmtree(left, ignore_errors=True)
    verified = Backup.objects.filter(verified_at__isnull=False).order_by("-taken_at")
    dear = verified.values_list("name", flat=True).first()
    gone = [path for path in known(folder)[: -keep or None] if path.name != dear]
    for path in gone:
        shutil.rmtree(path)
    return [path.name for path in gone]
