"""What this service leans on: the database, which is vital; the cache and the bell, which are not."""

from __future__ import annotations

from django.db import connection

from cluster import bus, coordination
from cluster.health.checking import register
from cluster.redis import breaker


def register_all() -> None:
    """Register the checks of this layer; called once when the app is ready."""
    register("database", check_database, vital=True)
    register("cache", check_cache)
    register("channelLayer", check_channel_layer)


def check_database() -> None:
    """Ask the database for a number, on a connection that is given back at once."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    finally:
        # This thread serves no requests, so nobody else would close it.
        connection.close()


def check_cache() -> None:
    """Use Redis, if there is one: without it a node only remembers what it read itself."""
    if breaker.is_configured():
        breaker.use(lambda redis: redis.ping())


def check_channel_layer() -> None:
    """Look at the wire between the nodes; without it news reach other nodes late, from the log."""
    if not breaker.is_closed():
        raise RuntimeError(f"Redis is away: {breaker.problem()}")
    if coordination.is_alone():
        raise RuntimeError("this node works alone, as a flag says")
    if bus.state() == "down":
        raise RuntimeError("the bus hears no echo of its own bell yet")
