"""Log lines that may be lost, and never cost an answer."""

from __future__ import annotations

import logging

from cluster import metrics


class SteadyHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes lines to stderr; what the disk behind it does not take is counted, not raised nor repeated."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the standard library's name
        """Count the line; the standard library would write a traceback to the same full disk."""
        metrics.LOG_LINES_LOST.inc()
