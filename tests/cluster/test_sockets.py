"""Frames made once are the frames the library would make."""

from __future__ import annotations

import asyncio

import pytest
from websockets.frames import Frame, Opcode

from cluster.sockets import Text
from cluster.sockets.mailbox import Gate, Mailbox


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_it_is_the_frame_of_the_library(size: int) -> None:
    text = "a" * size
    assert Text(text).wire == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def test_letters_are_counted_as_bytes() -> None:
    assert Text("Phở").wire == Frame(Opcode.TEXT, "Phở".encode()).serialize(mask=False)


def test_it_is_the_message_any_server_sends() -> None:
    assert Text("towels") == {"type": "websocket.send", "text": "towels"}


async def test_a_mailbox_keeps_the_order() -> None:
    mailbox = Mailbox[int]()
    reader = asyncio.ensure_future(mailbox.get())
    await asyncio.sleep(0)
    mailbox.put_nowait(1)
    mailbox.put_nowait(2)
    assert await reader == 1
    assert not mailbox.empty()
    assert await mailbox.get() == 2
    assert mailbox.empty()


async def test_a_reader_that_left_takes_nothing_along() -> None:
    mailbox = Mailbox[int]()
    reader = asyncio.ensure_future(mailbox.get())
    await asyncio.sleep(0)
    reader.cancel()
    mailbox.put_nowait(1)
    assert await mailbox.get() == 1


async def test_a_gate_lets_all_pass_once_open() -> None:
    gate = Gate()
    waiting = [asyncio.ensure_future(gate.wait()) for _ in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    gate.set()
    await asyncio.wait_for(waiting[1], 1)
    gate.clear()
    assert not gate.is_set()
