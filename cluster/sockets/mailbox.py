"""A queue and a gate for one reader: asyncio's own weigh four kilobytes a socket, empty."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Gate:
    """What ``asyncio.Event`` is, for one that waits."""

    __slots__ = ("_is_open", "_waiter")

    def __init__(self) -> None:
        self._is_open = False
        self._waiter: asyncio.Future[None] | None = None

    def is_set(self) -> bool:
        """Say whether it is open."""
        return self._is_open

    def set(self) -> None:
        """Open it, and let the one who waits pass."""
        self._is_open = True
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def clear(self) -> None:
        """Close it."""
        self._is_open = False

    async def wait(self) -> None:
        """Return once it is open."""
        while not self._is_open:
            if self._waiter is None:
                self._waiter = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._waiter)


class Mailbox(Generic[Item]):
    """What ``asyncio.Queue`` is, for one reader; a list suffices where reading stops after a message."""

    __slots__ = ("_items", "_waiter")

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._waiter: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        """Say whether nothing waits."""
        return not self._items

    def put_nowait(self, item: Item) -> None:
        """Leave an item."""
        self._items.append(item)
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    async def get(self) -> Item:
        """Return the oldest item, once there is one."""
        while not self._items:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._items.pop(0)
