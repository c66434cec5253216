"""What this service leans on: the database, which is vital; the cache and the bell, which are not."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.db import connection
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cluster import bus
from cluster.health.checking import register

PATIENCE = 0.5


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
    """Keep a value for a moment and read it back."""
    caches[DEFAULT_CACHE_ALIAS].set("health", "kept", timeout=10)
    if caches[DEFAULT_CACHE_ALIAS].get("health") != "kept":
        raise RuntimeError("the cache lost what it was given")


def check_channel_layer() -> None:
    """Ring Redis, if there is one; without it news reach other nodes late, from the log."""
    if settings.REDIS_URL:
        _redis(settings.REDIS_URL).ping()
    if bus.state() == "down":
        raise RuntimeError("the bus hears no echo of its own bell yet")


@cache
def _redis(url: str) -> Redis:
    return Redis.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
    )
