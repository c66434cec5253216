"""The clock all nodes share: the database's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models.functions import Now


class DatabaseNow(Now):
    """Now as the database has it, also after a wait for a lock: not when its statement began."""

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Ask for the moment itself; SQLite's way, Django's own, does that already."""
        return self.as_sql(compiler, connection, template="CLOCK_TIMESTAMP()", **more)


def database_time() -> datetime:
    """Return what the database's clock says now."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT CLOCK_TIMESTAMP()")
        else:
            cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
        (now,) = cursor.fetchone()
    return now if isinstance(now, datetime) else datetime.fromisoformat(now).replace(tzinfo=UTC)
