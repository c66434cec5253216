"""What of this app can be switched off while it runs; the names are the old system's."""

from __future__ import annotations

from cluster import cache, flags

CACHING = flags.declare(
    "request-caching",
    "Lists are answered from the cache; off, every read goes to the database.",
    since="0.1.0",
)


def declare() -> None:
    """Tell whoever asks by another name; called once when the app is ready."""
    cache.switched_by(CACHING)
