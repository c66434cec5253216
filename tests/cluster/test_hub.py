"""The hub tells each event once and in order, whatever the bus does to the news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from cluster.bus import Entry, Notice
from cluster.hub import Hub
from cluster.hub import core as hubs
from cluster.hub.feed import Feed
from cluster.hub.supervision import Supervisor
from cluster.models import CONTROL_STREAM
from tests.cluster.hubs import STREAM, Ear, FakeLog, numbers, until


@pytest.fixture
def log() -> FakeLog:
    return FakeLog()


@pytest.fixture
async def hub(log: FakeLog) -> AsyncIterator[Hub]:
    made = Hub(read_heads=log.read_heads, read_log=log.read_log)
    yield made
    await made.close()


@pytest.fixture
async def feed(hub: Hub) -> Feed:
    await hub.follow({STREAM: 0})
    return hub.feeds[STREAM]


@pytest.fixture
def ear(feed: Feed) -> Ear:
    listener = Ear()
    feed.join(listener, ["staff"])
    return listener


async def test_it_works(feed: Feed, log: FakeLog, ear: Ear) -> None:
    log.write()
    feed.hear(log.bell(1))
    assert ear.seqs == [1]
    assert feed.cursor.seq == 1


async def test_it_tells_only_who_is_in_the_room(feed: Feed, log: FakeLog, ear: Ear) -> None:
    log.write("room:101")
    feed.hear(log.bell(1))
    assert ear.seqs == []
    assert feed.cursor.seq == 1


async def test_it_tells_once_who_is_in_two_rooms(feed: Feed, log: FakeLog, ear: Ear) -> None:
    feed.join(ear, ["room:101"])
    log.write("staff", "room:101")
    feed.hear(log.bell(1))
    assert ear.seqs == [1]


async def test_it_does_not_tell_who_has_left(feed: Feed, log: FakeLog, ear: Ear) -> None:
    feed.leave(ear, ["staff"])
    log.write()
    feed.hear(log.bell(1))
    assert ear.seqs == []
    assert not feed.listened


async def test_one_that_can_not_take_it_keeps_it_from_nobody(feed: Feed, log: FakeLog) -> None:
    class Broken(Ear):
        def offer(self, entry: Entry) -> None:
            raise ValueError

    ears = [Broken(), Ear(), Broken(), Ear()]
    for ear in ears:
        feed.join(ear, ["staff"])
    log.write()
    feed.hear(log.bell(1))
    assert [(ear.seqs, ear.resynced) for ear in ears] == [([], 1), ([1], 0), ([], 1), ([1], 0)]


async def test_it_drops_what_it_has_told(feed: Feed, log: FakeLog, ear: Ear) -> None:
    log.write()
    feed.hear(log.bell(1))
    feed.hear(log.bell(1))
    assert ear.seqs == [1]


async def test_it_puts_early_news_in_order_without_the_log(feed: Feed, log: FakeLog, ear: Ear) -> None:
    for _ in range(3):
        log.write()
    for seq in (3, 2, 1):
        feed.hear(log.bell(seq))
    assert ear.seqs == [1, 2, 3]
    assert log.reads == 0


async def test_it_fills_a_gap_from_the_log(feed: Feed, log: FakeLog, ear: Ear) -> None:
    for _ in range(4):
        log.write()
    feed.hear(log.bell(4))
    assert ear.seqs == []
    await until(lambda: ear.seqs == [1, 2, 3, 4])


async def test_it_fills_a_long_gap_page_by_page(feed: Feed, log: FakeLog, ear: Ear) -> None:
    for _ in range(1_300):
        log.write()
    feed.hear(log.bell(1_300))
    await until(lambda: ear.seqs == numbers(1, 1_300))


async def test_it_reads_what_a_bell_had_no_room_for(feed: Feed, log: FakeLog, ear: Ear) -> None:
    log.write()
    feed.expect(1)
    await until(lambda: ear.seqs == [1])


async def test_a_number_no_log_knows_is_forgotten(feed: Feed, log: FakeLog, ear: Ear) -> None:
    feed.expect(9)
    await until(lambda: log.reads == 1)
    log.write()
    feed.hear(log.bell(1))
    assert ear.seqs == [1]


async def test_a_bell_of_another_epoch_is_left_to_the_poll(
    feed: Feed, log: FakeLog, ear: Ear, hub: Hub
) -> None:
    log.epoch = "e8"
    log.write()
    feed.hear(log.bell(1))
    assert ear.seqs == []
    await _poll(hub)
    assert ear.resynced == 1
    assert str(feed.cursor) == "e8:1"


async def test_a_log_that_was_cut_short_starts_listeners_afresh(
    feed: Feed, log: FakeLog, ear: Ear, hub: Hub
) -> None:
    for _ in range(3):
        log.write()
    feed.hear(log.bell(1, 2, 3))
    del log.rooms[1:]
    await _poll(hub)
    assert (ear.resynced, feed.cursor.seq) == (1, 1)


async def test_an_answer_that_took_its_time_does_not(feed: Feed, log: FakeLog, ear: Ear) -> None:
    before = feed.cursor
    log.write()
    feed.hear(log.bell(1))
    feed.stands_at(before, when_at=before)
    assert (ear.resynced, feed.cursor.seq) == (0, 1)


async def test_what_retention_took_can_not_be_told(feed: Feed, log: FakeLog, ear: Ear) -> None:
    for _ in range(3):
        log.write()
    log.oldest = 3
    feed.hear(log.bell(3))
    await until(lambda: ear.resynced == 1)
    assert feed.cursor.seq == 3


async def test_the_poll_finds_what_no_bell_rang(feed: Feed, log: FakeLog, ear: Ear, hub: Hub) -> None:
    log.write()
    await _poll(hub)
    await until(lambda: ear.seqs == [1])


async def test_a_database_that_is_away_costs_only_time(feed: Feed, log: FakeLog, ear: Ear, hub: Hub) -> None:
    log.write()
    log.away = True
    await _poll(hub)
    assert (hub.database_ok, hub.degraded, ear.resynced) == (False, True, 0)
    log.away = False
    await _poll(hub)
    await until(lambda: ear.seqs == [1])
    assert hub.database_ok


async def test_a_gap_while_the_database_is_away_is_filled_later(
    feed: Feed, log: FakeLog, ear: Ear, hub: Hub
) -> None:
    log.write()
    log.write()
    log.away = True
    feed.hear(log.bell(2))
    await until(lambda: not feed._fills and feed._timer is None)
    assert ear.seqs == []
    log.away = False
    await _poll(hub)
    await until(lambda: ear.seqs == [1, 2])


async def test_following_waits_until_a_number_is_told(log: FakeLog, hub: Hub, feed: Feed, ear: Ear) -> None:
    log.write()
    await hub.follow({STREAM: 1})
    assert ear.seqs == [1]


async def test_a_stream_nobody_needs_is_dropped_in_time(
    hub: Hub, feed: Feed, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "UNUSED_SECONDS", 0)
    await _poll(hub)
    assert STREAM in hub.feeds
    feed.leave(ear, ["staff"])
    await _poll(hub)
    assert STREAM not in hub.feeds


async def test_it_hears_the_bus_and_polls_once_started(log: FakeLog, hub: Hub) -> None:
    heard: list[object] = []
    hub.on_notice("topic", heard.append)
    await hub.follow({STREAM: 0, CONTROL_STREAM: 0})
    ear = Ear()
    hub.feeds[STREAM].join(ear, ["staff"])
    hub.start()
    hub._heard_in_its_thread(Notice("topic", 7))
    await until(lambda: heard == [7])
    log.write()
    await until(lambda: ear.seqs == [1])


async def test_a_task_that_dies_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster.hub.supervision.RESTART_SECONDS", 0)
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise ValueError
        await asyncio.Event().wait()

    supervisor = Supervisor()
    supervisor.keep("work", work)
    await until(lambda: runs == 3)
    assert supervisor.restarts["work"] == 2
    await supervisor.stop()


async def _poll(hub: Hub) -> None:
    hub._ticks = 1  # the next one asks for every stream
    await hub._poll()
