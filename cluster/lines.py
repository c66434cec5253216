"""Log lines that may be lost, and never cost an answer."""

from __future__ import annotations

import logging
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from os import fstat
from os.path import samestat
from pathlib import Path

from cluster import metrics

LARGEST_FILE = 10_000_000
FILES_KEPT = 5


class SteadyHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes lines to stderr; what the disk behind it does not take is counted, not raised nor repeated."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the standard library's name
        """Count the line; the standard library would write a traceback to the same full disk."""
        metrics.LOG_LINES_LOST.inc()


class SteadyFile(RotatingFileHandler):
    """Writes lines to a file that is put aside when it is full, opened with the first line.

    A line that can not be written, for whatever is wrong with the disk, is counted; the next one
    opens the file anew.
    """

    def __init__(self, filename: str) -> None:
        super().__init__(
            filename, maxBytes=LARGEST_FILE, backupCount=FILES_KEPT, encoding="utf-8", delay=True
        )

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802 - the standard library's name
        """Say whether the file is full; one that another process has put aside is left first."""
        if not self._is_still_there():
            self._leave()
        return bool(super().shouldRollover(record))

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - as the standard library declares it
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802
        """Count the line, and trust nothing that is half written."""
        metrics.LOG_LINES_LOST.inc()
        self._leave()

    def _is_still_there(self) -> bool:
        if self.stream is None:
            return True
        with suppress(FileNotFoundError):
            return samestat(Path(self.baseFilename).stat(), fstat(self.stream.fileno()))
        return False

    def _leave(self) -> None:
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError):
                stream.close()
