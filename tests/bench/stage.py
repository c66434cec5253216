"""What all contestants stand on: one PostgreSQL, one Valkey, a small and a large database."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from cluster.local import postgresql, valkey
from tests.bench.processes import Running, run

SMALL, LARGE = 10_000, 1_000_000
SEED = "bench"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything is. ``logins`` holds what a contestant shows to come in."""

    folder: Path
    database: str
    redis: str
    logins: dict[str, str] = field(default_factory=dict)
    servers: tuple[Running, ...] = ()

    def environment(self, requests: int = SMALL) -> dict[str, str]:
        """Return the environment of a process that works on the database of that size."""
        return {
            "DJANGO_SETTINGS_MODULE": "settings.staging",
            "DATABASE_URL": f"{self.database.rpartition('/')[0]}/{name_of(requests)}",
            "REDIS_URL": self.redis,
            "DATA_DIR": str(self.folder),
            "SECRET_KEY": self.logins["secret"],
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS_ONLY": "false",
            "LOG_LEVEL": "error",
            "DEMO_PASSWORD": "bench-only",
            "RATE_LIMIT_STAFF": "100000000",  # they count as ever, and refuse nobody
            "RATE_LIMIT_MAX_REQUESTS": "100000000",
            "RATE_LIMIT_SOCKETS": "100000000",
            "WEB_THREADS": "1",  # as the baselines have
        }


def name_of(requests: int) -> str:
    """Return the name of the database that holds so many requests."""
    return f"bench_{requests}"


@contextmanager
def set_up() -> Iterator[Stage]:
    """Start the servers, make the small database, and clear everything away in the end."""
    folder = Path(tempfile.mkdtemp(prefix="bellhop-bench-"))
    folder.chmod(0o711)
    started = []
    try:
        started.append(database := postgresql.start(folder / "postgresql"))
        started.append(redis := valkey.start(folder / "valkey"))
        servers = tuple(Running(it.name, it.port, it.process.pid) for it in started)
        stage = Stage(folder, database.url, redis.url, {"secret": secrets.token_hex(32)}, servers)
        yield stage
    finally:
        for server in reversed(started):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def fill(stage: Stage, requests: int) -> Mapping[str, Any]:
    """Make the database of that many requests by `manage.py demo`; return what that printed."""
    with psycopg.connect(stage.database, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name_of(requests)}")
    environment = stage.environment(requests)
    run(["manage.py", "migrate", "--verbosity", "0"], environment)
    run(["manage.py", "demo", "--json"], environment)
    with _without_indexes(environment["DATABASE_URL"]):
        told = run(
            ["manage.py", "demo", "--json", "--requests", str(requests), "--seed", SEED],
            environment,
        )
    answer: dict[str, Any] = json.loads(told)
    return answer


@contextmanager
def _without_indexes(url: str) -> Iterator[None]:
    """Drop the indexes of the big tables while they are filled: half the time for a million rows."""
    found = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " AND tablename IN ('requests_app_guestrequest', 'cluster_event')"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        indexes = connection.execute(found).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        yield
        connection.execute("SET maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            connection.execute(definition)
        connection.execute("VACUUM (ANALYZE) requests_app_guestrequest")
        connection.execute("ANALYZE")
