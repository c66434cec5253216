"""Running a coroutine at once, as Python 3.12's eager tasks do; this house starts at 3.11."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine, Generator
from functools import partial
from types import CoroutineType
from typing import Any


def begun(work: Awaitable[None]) -> Awaitable[None] | None:
    """Do what can be done without waiting: return what is left of ``work``, None when it is done.

    Most sends never wait: the frame is in the kernel's buffer when they return. A task for each
    would cost more than the send. What is no coroutine is returned as it came.
    """
    if not isinstance(work, CoroutineType):
        return work
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    return _Rest(work, waits_for)


class _Rest:
    """A coroutine that has been begun; whoever awaits it first waits for what it waited for."""

    __slots__ = ("_waits_for", "_work")

    def __init__(self, work: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._work = work
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        while True:
            try:
                yield self._waits_for
            except BaseException as problem:  # noqa: BLE001 the task that waits was cancelled, or its wait failed
                step = partial(self._work.throw, problem)
            else:
                step = partial(self._work.send, None)
            try:
                self._waits_for = step()
            except StopIteration:
                return
