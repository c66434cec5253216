"""Triggers that let a table only grow, for both databases.

Whoever owns the table can take them off: they stop mistakes and stolen application passwords that own
nothing. What was done past them the chain and its signatures show.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("security_auditentry", "security_auditcheckpoint")
REFUSAL = "the audit book is append-only"


def refuse_changes(_: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on."""
    for statement in statements(editor.connection.vendor):
        editor.execute(statement)


def allow_changes(_: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off."""
    for table in TABLES:
        for verb in ("update", "delete", "truncate"):
            if editor.connection.vendor == "postgresql":
                editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}")
            else:
                editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION IF EXISTS security_audit_refuse()")


def statements(vendor: str) -> list[str]:
    """Return what puts them on."""
    if vendor == "postgresql":
        return [_FUNCTION, *(_on_postgresql(table, verb) for table in TABLES for verb in _TIMES)]
    return [_on_sqlite(table, verb) for table in TABLES for verb in ("update", "delete")]


# A trigger of the row's would cost nothing more, and would not see a TRUNCATE.
_TIMES = ("update", "delete", "truncate")
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION security_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END $$
"""


def _on_postgresql(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION security_audit_refuse()"
    )


def _on_sqlite(table: str, verb: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )
