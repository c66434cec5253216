"""News crosses processes by the bus; Redis may die or hang, whoever publishes never notices."""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cluster import bus
from cluster.bus import Bell, Entry, Notice
from cluster.bus.bells import LARGEST_BELL, bells, unpacked
from cluster.bus.link import State
from cluster.bus.process import WAITING, Bus
from cluster.local import Server, valkey
from cluster.models import Event

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def event(seq: int, stream: int = 1, frame: str = "{}", rooms: tuple[str, ...] = ("staff",)) -> Event:
    return Event(
        stream=stream,
        epoch="e7",
        seq=seq,
        name="x",
        at=AT,
        node="n",
        rooms=list(rooms),
        change={},
        frame=frame,
    )


class Ear:
    """Remembers what a bus tells."""

    def __init__(self, heard_on: Bus) -> None:
        self.items: queue.Queue[Bell | Notice] = queue.Queue()
        self.end = heard_on.listen(self.items.put)

    def next(self, seconds: float = 5.0) -> Bell | Notice:
        return self.items.get(timeout=seconds)

    def bell(self) -> Bell:
        """Return the next bell, past any notice."""
        while not isinstance(item := self.next(), Bell):
            pass
        return item

    def heard(self, told_by: Callable[[], None], wanted: object, seconds: float = 15.0) -> None:
        """Tell again and again until it comes through: what is told while the wire is down is lost."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            told_by()
            try:
                while (item := self.items.get(timeout=0.1)) != wanted:
                    pass
            except queue.Empty:
                continue
            assert item == wanted
            return
        pytest.fail(f"{wanted} was not heard")


def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        pause.wait(0.02)


@pytest.fixture
def redis(tmp_path: Path, settings: Any) -> Iterator[Server]:
    server = valkey.start(tmp_path)
    layer = settings.CHANNEL_LAYERS["default"]
    settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": {**layer["CONFIG"], "hosts": [server.url]}}}
    yield server
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGCONT)
    server.stop()


@pytest.fixture
def alone(settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@pytest.fixture
def here() -> Iterator[Bus]:
    started = Bus()
    yield started
    started.stop()


@pytest.fixture
def there() -> Iterator[Bus]:
    """Another process's bus, as far as Redis can tell."""
    started = Bus()
    yield started
    started.stop()


class TestBells:
    def test_it_makes_one_bell_a_stream_in_order(self) -> None:
        made = list(bells([event(8), event(3, stream=2), event(7)]))
        assert [(bell.stream, bell.seq, [entry.seq for entry in bell.entries]) for bell in made] == [
            (1, 8, [7, 8]),
            (2, 3, [3]),
        ]

    def test_it_splits_what_is_too_large_for_one(self) -> None:
        frame = "x" * (LARGEST_BELL // 2)
        made = list(bells([event(1, frame=frame), event(2, frame=frame), event(3, frame=frame)]))
        assert [(bell.seq, len(bell.entries)) for bell in made] == [(2, 2), (3, 1)]

    def test_it_rings_without_a_frame_that_is_too_large(self) -> None:
        (bell,) = bells([event(1, frame="x" * (LARGEST_BELL + 1))])
        assert (bell.seq, list(bell.entries)) == (1, [])

    def test_it_survives_the_wire(self) -> None:
        (bell,) = bells([event(1, frame='{"a":1}', rooms=("staff", "room:101"))])
        back = unpacked(bell.packed())
        assert isinstance(back, Bell)
        (entry,) = back.entries
        assert (entry.stream, entry.seq, entry.rooms, entry.frame) == (1, 1, ("staff", "room:101"), '{"a":1}')
        assert entry.at == AT.timestamp()

    def test_it_names_the_call_where_the_release_before_does_not_look(self) -> None:
        named = event(1)
        named.request_id, named.trace = "reception-1", "00-trace"
        (bell,) = bells([named, event(2)])
        packed = bell.packed()
        assert [len(entry) for entry in packed["entries"]] == [4, 4]
        back = unpacked(packed)
        assert isinstance(back, Bell)
        assert [entry.call for entry in back.entries] == [("reception-1", "00-trace"), ("", "")]
        del packed["calls"]
        older = unpacked(packed)
        assert isinstance(older, Bell)
        assert [entry.call for entry in older.entries] == [("", ""), ("", "")]

    @pytest.mark.parametrize("message", [{}, {"type": "bell"}, {"type": "bell", "stream": "x", "entries": 3}])
    def test_it_ignores_what_it_does_not_know(self, message: dict[str, object]) -> None:
        assert unpacked(message) is None

    def test_a_variant_is_made_once(self) -> None:
        made: list[Entry] = []
        entry = Entry(1, 1, ["staff"], "{}", 0.0)
        for _ in range(3):
            entry.variant("key", made.append)  # type: ignore[func-returns-value]
        assert made == [entry]


@pytest.mark.usefixtures("alone")
class TestAlone:
    def test_it_works(self, here: Bus) -> None:
        ear = Ear(here)
        here.hand_over([event(1)])
        bell = ear.next()
        assert isinstance(bell, Bell)
        assert [entry.seq for entry in bell.entries] == [1]
        assert here.state() == State.LOCAL

    def test_a_listener_that_fails_harms_nobody(self, here: Bus) -> None:
        def broken(_: Bell | Notice) -> None:
            raise ValueError

        here.listen(broken)
        ear = Ear(here)
        here.hand_over([event(1)])
        assert isinstance(ear.next(), Bell)

    def test_it_drops_the_oldest_when_nobody_fetches(self, here: Bus) -> None:
        here.stop()
        for seq in range(WAITING + 5):
            here.hand_over([event(seq)])
        assert here.dropped == 5

    def test_what_comes_in_quick_succession_is_told_together(
        self, here: Bus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cluster.bus.process.REST_SECONDS", 0.5)
        ear = Ear(here)
        here.hand_over([event(1)])
        assert ear.bell().seq == 1
        for seq in (2, 3, 4):
            here.hand_over([event(seq)])
        assert [entry.seq for entry in ear.bell().entries] == [2, 3, 4]

    def test_what_waits_is_told_before_the_end(self, here: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cluster.bus.process.REST_SECONDS", 0.5)
        ear = Ear(here)
        here.hand_over([event(1)])
        assert ear.bell().seq == 1
        here.hand_over([event(2)])
        here.stop()
        assert ear.bell().seq == 2

    def test_who_stopped_listening_hears_nothing(self, here: Bus) -> None:
        gone, ear = Ear(here), Ear(here)
        gone.end()
        here.hand_over(Notice("topic", 1))
        ear.next()
        assert gone.items.empty()

    def test_publish_costs_microseconds_and_starts_by_itself(self) -> None:
        bus.stop()
        bus.publish([event(1)])
        started = time.perf_counter()
        for _ in range(1_000):
            bus.publish([])
        assert (time.perf_counter() - started) / 1_000 < 0.0005
        assert bus.state() == State.LOCAL
        bus.stop()

    @pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
    def test_a_fork_starts_its_own(self) -> None:
        bus.publish([])
        told: queue.Queue[Bell | Notice] = queue.Queue()
        bus.listen(told.put)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:  # only what the child sees of the bus counts, and it must not run pytest's exit
            mine: queue.Queue[Bell | Notice] = queue.Queue()
            bus.listen(mine.put)
            bus.tell("topic", 7)
            item = mine.get(timeout=5)
            os.write(write, b"1" if item == Notice("topic", 7) else b"0")
            os._exit(0)
        os.waitpid(child, 0)
        assert os.read(read, 1) == b"1"
        assert told.empty()
        os.close(read)
        os.close(write)
        bus.stop()


class TestTogether:
    def test_it_works(self, redis: Server, here: Bus, there: Bus) -> None:
        ear = Ear(there)
        ear.heard(lambda: here.hand_over(Notice("topic", 1)), Notice("topic", 1))
        here.hand_over([event(5)])
        bell = ear.bell()
        assert [entry.seq for entry in bell.entries] == [5]
        assert here.state() == there.state() == State.UP

    def test_own_news_comes_once(self, redis: Server, here: Bus, there: Bus) -> None:
        ear, own = Ear(there), Ear(here)
        ear.heard(lambda: here.hand_over(Notice("topic", 1)), Notice("topic", 1))
        here.hand_over(Notice("topic", 2))
        while own.next() != Notice("topic", 2):
            pass
        there.hand_over(Notice("topic", 3))
        assert own.next() == Notice("topic", 3)

    def test_it_comes_back_after_a_crash(self, redis: Server, here: Bus, there: Bus, tmp_path: Path) -> None:
        ear = Ear(there)
        ear.heard(lambda: here.hand_over(Notice("topic", 1)), Notice("topic", 1))
        redis.process.kill()
        redis.process.wait()
        until(lambda: here.state() == there.state() == State.DOWN)
        here.hand_over([event(1)])
        valkey_again = valkey.start(tmp_path, port=redis.port)
        try:
            ear.heard(lambda: here.hand_over(Notice("topic", 2)), Notice("topic", 2))
            until(lambda: here.state() == there.state() == State.UP)
        finally:
            valkey_again.stop()

    def test_a_hang_is_noticed_and_survived(self, redis: Server, here: Bus, there: Bus) -> None:
        ear, own = Ear(there), Ear(here)
        ear.heard(lambda: here.hand_over(Notice("topic", 1)), Notice("topic", 1))
        redis.process.send_signal(signal.SIGSTOP)
        until(lambda: here.state() == there.state() == State.DOWN)
        _all(own)
        here.hand_over([event(1)])
        assert isinstance(own.next(2.0), Bell), "listeners of this process do not wait for Redis"
        redis.process.send_signal(signal.SIGCONT)
        ear.heard(lambda: here.hand_over(Notice("topic", 2)), Notice("topic", 2))

    def test_it_starts_without_redis(self, redis: Server, tmp_path: Path) -> None:
        redis.stop()
        started = Bus()
        try:
            until(lambda: started.state() == State.DOWN)
            again = valkey.start(tmp_path, port=redis.port)
            until(lambda: started.state() == State.UP)
            again.stop()
        finally:
            started.stop()


def _all(ear: Ear) -> list[Bell | Notice]:
    found = []
    while not ear.items.empty():
        found.append(ear.items.get_nowait())
    return found
