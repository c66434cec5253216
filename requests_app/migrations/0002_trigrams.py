"""Trigram indexes for "contains" on names and texts, where the database can have them (PostgreSQL)."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

INDEXES = {
    "request_guest_trigrams": "guest_name_folded",
    "request_search_trigrams": "search_folded",
}


def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the extension (trusted since PostgreSQL 13) and one index per searched column."""
    if editor.connection.vendor != "postgresql":
        return
    editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for name, column in INDEXES.items():
        editor.execute(
            f"CREATE INDEX IF NOT EXISTS {name} ON requests_app_guestrequest "
            f"USING gin ({column} gin_trgm_ops) WHERE deleted_at IS NULL"
        )


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the indexes; the extension may serve others."""
    if editor.connection.vendor == "postgresql":
        for name in INDEXES:
            editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    expands = "it only makes an extension and indexes; the release before does not see them"
    dependencies: ClassVar = [("requests_app", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(add, drop)]
