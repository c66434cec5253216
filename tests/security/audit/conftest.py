"""Each test of the audit book begins with nothing waiting to be written."""

from __future__ import annotations

import threading

import pytest

from security.audit import queue

PATIENCE_SECONDS = 20


@pytest.fixture(autouse=True)
def nothing_waits() -> None:
    """Forget what earlier tests left, and wait first: what could not be written just now comes back."""
    for thread in threading.enumerate():
        if thread.name == "audit":
            thread.join(PATIENCE_SECONDS)
    with queue._flushing:
        queue._waiting.clear()
