"""Cleaning away what the database keeps of rows that were changed: dead rows, index entries, statistics."""

from __future__ import annotations

from django.db import connection

from cluster.models import Event, IdempotencyRecord
from requests_app.models import GuestRequest, Message, Stay

TABLES = tuple(model._meta.db_table for model in (GuestRequest, Message, Stay, Event, IdempotencyRecord))


def clean() -> None:
    """Vacuum the tables that hold guests' words; readers and writers go on, on SQLite they wait.

    PostgreSQL's planner keeps common values of a column, so names too, until the next ANALYZE.
    """
    statements = [f'VACUUM (ANALYZE) "{table}"' for table in TABLES]
    if connection.vendor == "sqlite":
        statements = ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
