"""One consistent picture of the database in a folder, and the way back from it (docs/backup.md).

Nothing here knows what the tables are about. Apps above say by ``register`` which tables hold only what
a living process means, what is looked at in a copy, and what is done once one was restored.
"""

from cluster.backups.keeping import forget_old, known
from cluster.backups.manifest import Broken, Manifest
from cluster.backups.records import last
from cluster.backups.registry import Check, register
from cluster.backups.restoring import Refused, restore
from cluster.backups.taking import NotTaken, take
from cluster.backups.verifying import verify

__all__ = [
    "Broken",
    "Check",
    "Manifest",
    "NotTaken",
    "Refused",
    "forget_old",
    "known",
    "last",
    "register",
    "restore",
    "take",
    "verify",
]
