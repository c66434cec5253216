"""What this process becomes when it has left: another release under the same name, pid and port.

Whoever supervises the process sees no end of it, so no supervisor has to know of releases.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence

logger = logging.getLogger("bellhop.serve")

_following: list[str] = []


def leave_for(manage: Sequence[str]) -> None:
    """Begin to leave, as at SIGTERM; ``serve`` of ``manage`` (python, manage.py) follows in our place."""
    _following[:] = manage
    os.kill(os.getpid(), signal.SIGTERM)


def take_over() -> None:
    """Become the successor, if one was named; the last thing a server's process does."""
    if _following:
        command = [*_following, *sys.argv[1:]]
        logger.info("serve.becomes", extra={"release": command[1]})
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(command[0], command)  # noqa: S606 - our own words, from the shelf of releases
