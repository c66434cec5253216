"""The clock all nodes share: the database's."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now


class DatabaseNow(Now):
    """Now as the database has it, also after a wait for a lock: not when its statement began."""

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Ask for the moment itself; SQLite's way, Django's own, does that already."""
        return self.as_sql(compiler, connection, template="CLOCK_TIMESTAMP()", **more)
