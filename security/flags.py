"""What of this app can be switched off while it runs; the names are the old system's."""

from __future__ import annotations

from cluster import flags

ADVANCED_SECURITY = flags.declare(
    "request-advanced-security",
    "Suspicious calls are scored and their sources blocked; nothing else depends on it.",
    since="0.1.0",
)
