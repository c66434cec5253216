"""Whether what the settings name can be reached from here, and over TLS or not."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from cluster.redis.client import client

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Reached:
    """One server, and what it or the way to it said."""

    answers: bool
    said: str


def all_of_them() -> dict[str, Reached]:
    """Try the database, and Redis where there is one."""
    found = {"database": database()}
    return found | {"redis": redis()} if settings.REDIS_URL else found


def database() -> Reached:
    """Connect as a node would."""
    try:
        with connection.cursor() as cursor:
            if connection.vendor != "postgresql":
                return Reached(answers=True, said=connection.vendor)
            cursor.execute("SELECT current_setting('server_version')")
            version = cursor.fetchone()[0]
        tls = connection.connection.info.pgconn.ssl_in_use
    except DatabaseError as problem:
        return _failed(problem)
    else:
        return Reached(answers=True, said=f"PostgreSQL {version}, {'TLS' if tls else 'no TLS'}")
    finally:
        connection.close()


def redis() -> Reached:
    """Ask for an answer, once."""
    try:
        with client(settings.REDIS_URL) as asked:
            asked.ping()
    except (RedisError, OSError) as problem:
        return _failed(problem)
    tls = urlsplit(settings.REDIS_URL).scheme == "rediss"
    return Reached(answers=True, said="TLS" if tls else "no TLS")


def _failed(problem: Exception) -> Reached:
    return Reached(answers=False, said=" ".join(str(problem).split())[:LONGEST])
