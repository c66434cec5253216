"""What would let the outside see or do too much: told by `manage.py check --deploy`, each with a hint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, register
from django.core.checks import Warning as Caution

LOCAL = ("", "localhost", "127.0.0.1", "::1")
VERIFIED = ("verify-ca", "verify-full")


@register(Tags.security, deploy=True)
def what_is_exposed(**_: Any) -> list[CheckMessage]:
    """Say what an operator should know before the internet finds out."""
    return [*_addresses(), *_metrics(), *_database(), *_redis()]


def _addresses() -> Iterator[CheckMessage]:
    if not settings.TRUSTED_PROXIES:
        yield Caution(
            "TRUSTED_PROXIES is empty: behind a proxy all callers have its address, and HTTPS goes unseen.",
            hint="Name the balancer's addresses, as in TRUSTED_PROXIES=10.0.0.0/8.",
            id="bellhop.W001",
        )
    if any(proxy.prefixlen == 0 for proxy in settings.TRUSTED_PROXIES):
        yield Caution(
            "TRUSTED_PROXIES believes anybody's X-Forwarded-For.",
            hint="Name only the addresses of your own proxies.",
            id="bellhop.W002",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Caution(
            "ALLOWED_HOSTS answers to any name.",
            hint="Name the hosts the service is reached by.",
            id="bellhop.W003",
        )
    if any(origin.startswith("http://") for origin in settings.CORS_ALLOWED_ORIGINS):
        yield Caution(
            "CORS_ORIGIN lets a page call that came without HTTPS.",
            hint="Serve that page over HTTPS and name it so.",
            id="bellhop.W004",
        )


def _metrics() -> Iterator[CheckMessage]:
    if settings.METRICS_ENABLED and any(
        it.is_global or it.prefixlen == 0 for it in settings.METRICS_ALLOWED_CIDRS
    ):
        yield Caution(
            "METRICS_ALLOWED_CIDRS opens /metrics to public addresses.",
            hint="Name the scraper's network, or give it METRICS_TOKEN.",
            id="bellhop.W005",
        )


def _database() -> Iterator[CheckMessage]:
    place = settings.DATABASES["default"]
    mode = place.get("OPTIONS", {}).get("sslmode", "prefer")
    host = place.get("HOST", "")
    if host not in LOCAL and not host.startswith("/") and mode not in VERIFIED:
        yield Info(
            f"The database is asked with sslmode={mode}: nobody checks that it is the right one.",
            hint="Set DB_SSL=true, and DB_SSL_CA where its authority is your own.",
            id="bellhop.I001",
        )


def _redis() -> Iterator[CheckMessage]:
    if settings.REDIS_URL.startswith("redis://") and not any(
        f"{mark}{host}" in settings.REDIS_URL for mark in ("//", "@") for host in LOCAL if host
    ):
        yield Info(
            "Redis is spoken to in the clear.",
            hint="Use rediss://, and REDIS_SSL_CA where its authority is your own.",
            id="bellhop.I002",
        )
