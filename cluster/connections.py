"""A database connection that no request can take away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

LOCK_MS = 1_000
STATEMENT_MS = 2_000


@contextmanager
def connection_of_its_own() -> Iterator[None]:
    """Give this thread a lasting connection outside of the pool, with short waits, while the block runs.

    A heartbeat that had to queue behind requests for a pooled connection would declare a busy node dead.
    """
    usual = connections[DEFAULT_DB_ALIAS]
    alone = type(usual)(_alone(usual.settings_dict, usual.vendor), DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = alone
    try:
        yield
    finally:
        alone.close()
        connections[DEFAULT_DB_ALIAS] = usual


def _alone(settings: dict[str, Any], vendor: str) -> dict[str, Any]:
    options = {name: value for name, value in settings["OPTIONS"].items() if name != "pool"}
    if vendor == "postgresql":
        given = options.get("options", "")
        options["options"] = f"{given} -c lock_timeout={LOCK_MS} -c statement_timeout={STATEMENT_MS}".strip()
    else:
        options["init_command"] = f"{options.get('init_command', '')}PRAGMA busy_timeout={STATEMENT_MS};"
    return {**settings, "CONN_MAX_AGE": None, "OPTIONS": options}
