"""The backend Django loads by this package's name."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError

from cluster.postgresql.presence import presence


class DatabaseWrapper(base.DatabaseWrapper):
    """Does not queue for a pooled connection while there is nobody to connect to.

    Each call that waits takes a thread out of service for as long as the pool is patient; with two
    threads a node, probes and refusals would then come seconds late, and the recovery too.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection. Raises OperationalError at once while the database is known to be away."""
        pool = self.pool
        if pool and presence.is_away() and not pool.get_stats()["pool_available"]:
            raise OperationalError("the database is away")
        return super().get_new_connection(conn_params)
