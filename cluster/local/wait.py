"""Waiting for something to come true, but not for ever."""

import time
from collections.abc import Callable

LOOK_SECONDS = 0.05


def until(ready: Callable[[], bool], seconds: float) -> bool:
    """Return whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True
