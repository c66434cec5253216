"""The log of what nobody foresaw: where it broke, never the words it broke on.

A database's message quotes the row it refused, and a ValueError the text it could not read: both
may hold what a guest wrote. So the log names the kind of error and the lines of code.
"""

from __future__ import annotations

import traceback
from itertools import islice

import structlog

logger = structlog.stdlib.get_logger("cluster.faults")
DEEPEST_CAUSE = 5


def log_fault(error: BaseException, *, expected: bool = False) -> None:
    """Log the kind of ``error`` and of its causes, and the way through our code to it."""
    level = logger.warning if expected else logger.error
    level("fault", kind=_kinds(error), way=[] if expected else _way(error))


def _kinds(error: BaseException) -> list[str]:
    found: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(found) < DEEPEST_CAUSE:
        found.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    return found


def _way(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in islice(reversed(frames), 12)]
