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
    for statement in removals(editor.connection.vendor):
        editor.execute(statement)


def statements(vendor: str) -> list[str]:
    """Return what puts them on."""
    if vendor == "postgresql":
        return [_FUNCTION, *(_on_postgresql(table, verb) for table in TABLES for verb in _TIMES)]
    return [_on_sqlite(table, verb) for table in TABLES for verb in ("update", "delete")]


def removals(vendor: str) -> list[str]:
    """Return what takes them off."""
    names = [(table, f"{table}_no_{verb}") for table in TABLES for verb in _TIMES]
    if vendor == "postgresql":
        drops = [f"DROP TRIGGER IF EXISTS {name} ON {table}" for table, name in names]
        return [*drops, "DROP FUNCTION IF EXISTS security_audit_refuse()"]
    return [f"DROP TRIGGER IF EXISTS {name}" for _, name in names]


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
