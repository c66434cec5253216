"""Which process this is, and since when."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from time import monotonic

from django.conf import settings

RELEASE = "0.1.0"
BUILD = Path(__file__).resolve().parent.parent / "RELEASE"
"""A file that a packaged build brings along with its full name, as in ``0.1.0+20261123``."""

VERSION = BUILD.read_text().strip() if BUILD.exists() else RELEASE
STARTED_AT = datetime.now(UTC)
_BEGUN = monotonic()


@cache
def instance_id() -> str:
    """Return this node's name: ``INSTANCE_ID``, else the host and process, stable while it runs."""
    configured: str = getattr(settings, "INSTANCE_ID", "") or ""
    return configured or f"{socket.gethostname()[:40]}-{os.getpid()}"


def age() -> timedelta:
    """Return how long this process has been running, by a clock nobody sets."""
    return timedelta(seconds=monotonic() - _BEGUN)
