"""A coroutine is run as far as it goes; what is left of it can be awaited."""

from __future__ import annotations

import asyncio

import pytest

from cluster.hub.eager import begun


async def test_what_need_not_wait_is_done() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    assert begun(work()) is None
    assert done == [1]


async def test_what_waits_goes_on_when_awaited() -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    passed: list[int] = []

    async def work() -> None:
        for number, gate in enumerate(gates):
            await gate.wait()
            passed.append(number)

    rest = begun(work())
    assert rest is not None
    task = asyncio.ensure_future(_awaited(rest))
    for gate in gates:
        gate.set()
    await task
    assert passed == [0, 1]


async def test_a_cancelled_wait_reaches_the_work() -> None:
    cleaned: list[int] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(1)

    rest = begun(work())
    assert rest is not None
    task = asyncio.ensure_future(_awaited(rest))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned == [1]


async def test_a_failure_is_the_callers() -> None:
    async def work() -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        begun(work())


async def test_what_is_no_coroutine_is_left_to_the_task() -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    assert begun(future) is future


async def _awaited(rest: object) -> None:
    await rest  # type: ignore[misc]
