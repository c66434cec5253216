"""Which process this is, and since when."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from functools import cache

from django.conf import settings

VERSION = "0.1.0"
STARTED_AT = datetime.now(UTC)


@cache
def instance_id() -> str:
    """Return this node's name: ``INSTANCE_ID``, else the host and process, stable while it runs."""
    configured: str = getattr(settings, "INSTANCE_ID", "") or ""
    return configured or f"{socket.gethostname()[:40]}-{os.getpid()}"
