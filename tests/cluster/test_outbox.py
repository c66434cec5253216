"""What a socket is owed comes whole and once: past before present, however slow the line."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from cluster.hub import Hub, Outbox
from cluster.hub.outbox import LONGEST_QUEUE, MOST_LAGS
from cluster.sockets import Text
from tests.cluster.hubs import STREAM, FakeLog, Wire, numbers, until

WORDS = Text("bye")
CLOSE = {"type": "websocket.close", "code": 4409}


class Line:
    """A hub and a socket on it."""

    def __init__(self, log: FakeLog, hub: Hub, *, ours: bool) -> None:
        self.log = log
        self.hub = hub
        self.wire = Wire()
        self.given_up = 0
        self.ended = 0
        self.outbox = Outbox(
            hub,
            self.wire.send,
            lambda entry: entry.message,
            hopeless=self._give_up,
            ended=self._end,
            wire=self.wire if ours else None,
        )

    def news(self, *rooms: str, times: int = 1) -> None:
        for _ in range(times):
            seq = self.log.write(*rooms)
            self.hub.feeds[STREAM].hear(self.log.bell(seq))

    async def blocked(self) -> None:
        """Let the writer hang in the middle of a frame."""
        self.wire.block()
        self.outbox.post(Text("stuck"))
        await until(lambda: not self.outbox.waiting)

    def _give_up(self) -> None:
        self.given_up += 1

    def _end(self) -> None:
        self.ended += 1


@pytest.fixture(params=[True, False], ids=["our server", "another server"])
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    log = FakeLog()
    hub = Hub(read_heads=log.read_heads, read_log=log.read_log)
    await hub.follow({STREAM: 0})
    made = Line(log, hub, ours=request.param)
    yield made
    await hub.close()


async def test_it_works(line: Line) -> None:
    line.outbox.join(STREAM, ["staff"])
    line.news("staff", times=3)
    await until(lambda: line.wire.seqs == [1, 2, 3])


async def test_the_past_comes_before_the_present(line: Line) -> None:
    line.news("staff", times=5)
    line.outbox.join(STREAM, ["staff"], since=2)
    line.news("staff", times=2)
    await until(lambda: len(line.wire.seqs) == 5)
    assert line.wire.seqs == [3, 4, 5, 6, 7]


async def test_the_past_is_only_of_the_rooms_joined(line: Line) -> None:
    line.news("staff")
    line.news("room:101")
    line.news("staff", "room:101")
    line.outbox.join(STREAM, ["room:101"], since=0)
    line.news("room:101")
    await until(lambda: line.wire.seqs == [2, 3, 4])


async def test_a_second_room_repeats_nothing_of_the_first(line: Line) -> None:
    line.news("staff", "room:101")
    line.outbox.join(STREAM, ["staff"])
    line.news("staff", "room:101")
    line.news("room:101")
    line.outbox.join(STREAM, ["room:101"], since=0)
    line.news("room:101", "staff")
    await until(lambda: len(line.wire.seqs) >= 4)
    assert sorted(line.wire.seqs) == [1, 2, 3, 4]


async def test_it_does_not_send_what_was_left(line: Line) -> None:
    line.outbox.join(STREAM, ["staff", "room:101"])
    await line.blocked()
    line.news("staff")
    line.news("room:101")
    line.outbox.leave(STREAM, ["staff"])
    line.wire.unblock()
    await until(lambda: line.wire.seqs == [2])


async def test_a_slow_socket_catches_up_from_the_log(line: Line) -> None:
    line.outbox.join(STREAM, ["staff"])
    await line.blocked()
    line.news("staff", times=LONGEST_QUEUE + 50)
    assert line.outbox.lagging
    line.wire.unblock()
    await until(lambda: len(line.wire.seqs) >= LONGEST_QUEUE + 50)
    line.news("staff")
    await until(lambda: line.wire.seqs == numbers(1, LONGEST_QUEUE + 51))
    assert not line.outbox.lagging
    assert line.given_up == 0


async def test_what_is_no_event_outlives_the_overflow(line: Line) -> None:
    line.outbox.join(STREAM, ["staff"])
    await line.blocked()
    line.news("staff")
    line.outbox.post(Text("subbed"))
    line.news("staff", times=LONGEST_QUEUE)
    line.wire.unblock()
    await until(lambda: line.wire.seqs == numbers(1, LONGEST_QUEUE + 1))
    assert "subbed" in line.wire.frames


async def test_one_that_lags_again_and_again_is_given_up(line: Line) -> None:
    line.outbox.join(STREAM, ["staff"])
    for _ in range(MOST_LAGS + 1):
        await line.blocked()
        line.news("staff", times=LONGEST_QUEUE + 1)
        line.wire.unblock()
        await until(lambda: not line.outbox.lagging and line.outbox.is_idle)
    assert line.given_up == 1


async def test_a_promise_comes_after_what_it_promises(line: Line) -> None:
    line.outbox.join(STREAM, ["staff"])
    line.news("staff")
    line.outbox.post_mark(Text("hb"))
    line.news("staff")
    await until(lambda: line.wire.frames == ["1:1", "hb", "1:2"])
    assert line.outbox.sent[STREAM] == 2


async def test_who_lags_is_promised_nothing(line: Line) -> None:
    line.outbox.join(STREAM, ["staff"])
    await line.blocked()
    line.news("staff", times=LONGEST_QUEUE + 1)
    line.outbox.post_mark(Text("hb"))
    line.wire.unblock()
    await until(lambda: len(line.wire.seqs) == LONGEST_QUEUE + 1)
    assert "hb" not in line.wire.frames


async def test_a_promise_moves_the_place_it_would_replay_from(line: Line) -> None:
    """Or retention would make a quiet socket look as if it had missed something."""
    line.outbox.join(STREAM, ["staff"])
    line.news("room:101", times=10)
    line.outbox.post_mark(Text("hb"))
    await until(lambda: line.wire.frames == ["hb"])
    line.log.oldest = 11
    await line.blocked()
    line.news("staff", times=LONGEST_QUEUE + 1)
    line.wire.unblock()
    await until(lambda: line.wire.seqs == numbers(11, LONGEST_QUEUE + 11))
    assert line.given_up == 0


async def test_a_replay_that_can_not_be_whole_is_given_up(line: Line) -> None:
    line.news("staff", times=3)
    line.log.oldest = 3
    line.outbox.join(STREAM, ["staff"], since=0)
    await until(lambda: line.given_up == 1)


async def test_a_replay_waits_for_a_database_that_is_away(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cluster.hub.outbox.ASK_AGAIN_SECONDS", 0.01)
    line.news("staff", times=3)
    line.log.away = True
    line.outbox.join(STREAM, ["staff"], since=0)
    line.news("staff")
    line.log.away = False
    await until(lambda: line.wire.seqs == [1, 2, 3, 4])


async def test_goodbye_is_said_at_once(line: Line) -> None:
    line.outbox.join(STREAM, ["staff"])
    await line.blocked()
    line.news("staff", times=3)
    line.outbox.finish(WORDS, CLOSE)
    line.news("staff")
    line.wire.unblock()
    await until(lambda: line.ended == 1)
    assert line.wire.frames == ["stuck", "bye"]
    assert line.wire.closed == CLOSE


async def test_one_that_keeps_up_costs_no_task(line: Line) -> None:
    line.outbox.join(STREAM, ["staff"])
    line.news("staff", times=3)
    assert line.outbox.is_idle
    assert line.wire.seqs == [1, 2, 3]


async def test_one_that_is_cut_off_holds_nothing(line: Line) -> None:
    line.outbox.join(STREAM, ["staff"])
    await line.blocked()
    line.news("staff", times=3)
    line.outbox.drop()
    line.news("staff")
    assert (line.ended, line.outbox.waiting) == (1, 0)
    await until(lambda: line.outbox.is_idle)
    assert line.wire.frames == []


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_happens_each_event_comes_once(line: Line, seed: int) -> None:
    """Rooms joined at random with random pasts on a line that hangs at random."""
    chance = random.Random(seed)
    rooms = ["a", "b", "c"]
    line.news("a", "b", times=5)
    owed: dict[str, int] = {}
    for _ in range(60):
        match chance.randrange(5):
            case 0 if len(owed) < len(rooms):
                room = rooms[len(owed)]
                owed[room] = chance.randint(0, line.log.head)
                line.outbox.join(STREAM, [room], since=owed[room])
            case 1:
                line.wire.block()
            case 2:
                line.wire.unblock()
                await asyncio.sleep(0)
            case 3:
                await asyncio.sleep(0.001)
            case _:
                line.news(*chance.sample(rooms, chance.randint(1, 3)), times=chance.choice([1, 3, 90]))
    line.wire.unblock()
    expected = [
        seq
        for seq, where in enumerate(line.log.rooms, 1)
        if any(room in owed and seq > owed[room] for room in where)
    ]
    await until(lambda: len(line.wire.seqs) >= len(expected) and not line.outbox.waiting)
    assert sorted(line.wire.seqs) == expected
