"""Calls that really run at once, each with a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from django.db import connections

PATIENCE = 30.0
Result = TypeVar("Result")


def at_once(calls: Iterable[Callable[[], Result]]) -> list[Future[Result]]:
    """Run every call in a thread and return when all are done."""
    waiting = list(calls)
    with ThreadPoolExecutor(len(waiting)) as threads:
        return [threads.submit(partial(own_connection, call)) for call in waiting]


def own_connection(call: Callable[[], Result]) -> Result:
    """Run one call and give its connection back."""
    try:
        return call()
    finally:
        connections.close_all()
