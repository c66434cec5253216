"""What is kept, where, how much of it and for how long; and who works it out when several ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster import cache
from cluster.cache import Layer, Made, far, flights, reading, sealing
from cluster.cache.near import Kept, Near
from cluster.local import Server, valkey
from cluster.redis import breaker

FOREVER = 4_000_000_000.0


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def redis(tmp_path: Path, settings: Any) -> Iterator[Server]:
    server = valkey.start(tmp_path)
    settings.REDIS_URL = server.url
    yield server
    breaker.stop()
    server.stop()


@pytest.fixture
def alone(settings: Any) -> None:
    settings.REDIS_URL = ""


class Work:
    """Something to work out, counted."""

    def __init__(self, answer: bytes = b"answer", until: float | None = None) -> None:
        self.made = Made((answer, b"page"), until)
        self.times = 0

    def __call__(self) -> Made:
        self.times += 1
        return self.made


def asked(work: Work, question: str = "q", generation: str = "e1:1") -> Layer:
    kept, layer = cache.read(question, generation, work)
    assert kept.parts == work.made.parts
    return layer


def raw_keys() -> list[bytes]:
    return sorted(breaker.use(lambda it: it.keys(f"{far.PREFIX}*")))


def test_it_works_without_redis(alone: None) -> None:
    work = Work()
    assert [asked(work), asked(work)] == ["MISS", "L1"]
    assert work.times == 1


def test_another_process_finds_it_in_redis(redis: Server) -> None:
    work = Work()
    assert asked(work) == "MISS"
    cache.clear()  # what another process remembers: nothing
    assert [asked(work), asked(work)] == ["L2", "L1"]
    assert work.times == 1


def test_another_generation_is_another_answer(redis: Server) -> None:
    asked(Work(b"old"))
    assert asked(Work(b"new"), generation="e1:2") == "MISS"
    assert asked(Work(b"new"), generation="e1:2") == "L1"
    assert len(cache.near) == 1
    assert len(raw_keys()) == 1


def test_without_a_generation_nothing_is_kept(alone: None) -> None:
    work = Work()
    assert [asked(work, generation=""), asked(work, generation="")] == ["BYPASS", "BYPASS"]
    assert work.times == 2


def test_what_the_clock_ends_is_not_found_any_more(redis: Server) -> None:
    work = Work(until=time.time() - 0.001)
    assert [asked(work), asked(work)] == ["MISS", "MISS"]
    assert raw_keys() == []
    assert asked(Work(until=time.time() + 60)) == "MISS"
    (key,) = raw_keys()
    assert 0 < breaker.use(lambda it: it.pttl(key)) <= 60_000


def test_flushing_and_foreign_bytes_are_misses(redis: Server) -> None:
    work = Work()
    asked(work)
    for harm in (b"", b"x", b"{}" * 40, sealing.mark("e1:1") + b"\0" * 60):
        (key,) = raw_keys()
        breaker.use(lambda it, key=key, harm=harm: it.set(key, harm))
        cache.clear()
        assert asked(work) == "MISS"
    breaker.use(lambda it: it.flushall())
    cache.clear()
    assert asked(work) == "MISS"


def test_what_lies_in_redis_tells_nothing_and_opens_for_nobody_else(redis: Server, settings: Any) -> None:
    asked(Work(b"Zoe of 101"), question="guest Zoe")
    (key,) = raw_keys()
    value = breaker.use(lambda it: it.get(key))
    assert b"Zoe" not in key + value
    cache.clear()
    settings.SECRET_KEY = "another installation on the same Redis" * 2
    assert asked(Work(b"theirs"), question="guest Zoe") == "MISS"


def test_an_answer_can_not_be_moved_to_another_question() -> None:
    sealed = sealing.seal(Kept((b"a",), FOREVER), "mine", "e1:1")
    assert sealing.unseal(sealed, "mine", "e1:1") == Kept((b"a",), FOREVER)
    assert sealing.unseal(sealed, "yours", "e1:1") is None
    assert sealing.unseal(sealed, "mine", "e1:2") is None


@given(st.lists(st.binary(max_size=50), max_size=5), st.floats(0, FOREVER), st.text(), st.text())
def test_sealing_loses_nothing(parts: list[bytes], until: float, question: str, generation: str) -> None:
    kept = Kept(tuple(parts), until)
    question, generation = (text.encode("ascii", "ignore").decode() for text in (question, generation))
    assert sealing.unseal(sealing.seal(kept, question, generation), question, generation) == kept


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 900)), max_size=60))
def test_both_bounds_hold_whatever_is_kept(puts: list[tuple[int, int]]) -> None:
    near = Near()
    for question, size in puts:
        near.put(str(question), "g", Kept((b"x" * size,), FOREVER), most=4, most_bytes=3_000)
        assert len(near) <= 4
        assert near.size <= 3_000
        assert near.size >= sum(entry.size for entry in near._entries.values()) == near.size


def test_the_longest_unused_goes_first() -> None:
    near = Near()
    for question in ("a", "b", "c"):
        near.put(question, "g", Kept((b"1",), FOREVER), most=2, most_bytes=10_000)
        near.get("a", "g", time.time())
    assert near.get("a", "g", time.time())
    assert near.get("b", "g", time.time()) is None


def in_threads(number: int, do: Any) -> list[Any]:
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(do())) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return found


class Slowly(Work):
    """Works until several wait."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def __call__(self) -> Made:
        self.times += 1
        self.go_on.wait(0.3)
        return self.made


def test_many_ask_and_one_works(redis: Server) -> None:
    work = Slowly()
    layers = in_threads(12, lambda: asked(work))
    assert work.times == 1
    assert sorted(layers) == ["L1"] * 11 + ["MISS"]


def test_who_fails_does_not_fail_the_others(alone: None) -> None:
    tries: list[int] = []

    def fails_first() -> Made:
        tries.append(1)
        if len(tries) == 1:
            threading.Event().wait(0.2)
            raise ConnectionError
        return Made((b"answer",))

    def ask() -> bytes:
        try:
            return cache.read("q", "g", fails_first)[0].parts[0]
        except ConnectionError:
            return b"failed"

    assert sorted(in_threads(4, ask)) == [b"answer"] * 3 + [b"failed"]
    assert not flights._flights


def test_a_dead_filler_holds_nobody_up(redis: Server) -> None:
    place = far.Place("q", "e1:1")
    assert place.find() is None  # takes the lock, and is never heard of again
    begun = time.monotonic()
    assert asked(Work()) == "MISS"
    assert time.monotonic() - begun < far.WAIT_SECONDS + 0.5


def test_who_waits_gets_what_another_process_fills(redis: Server) -> None:
    place = far.Place("q", "e1:1")
    assert place.find() is None
    filling = threading.Timer(0.02, lambda: place.keep(Kept((b"answer", b"page"), FOREVER), time.time()))
    filling.start()
    assert asked(Work()) == "L2"
    filling.join()


def test_clearing_forgets(alone: None) -> None:
    work = Work()
    asked(work)
    assert cache.clear() == 1
    assert asked(work) == "MISS"


def test_every_answer_is_counted_once(redis: Server) -> None:
    before = cache.statistics()["requests"]
    work = Work()
    asked(work), asked(work), asked(work, generation="")
    cache.clear()
    asked(work)
    after = cache.statistics()["requests"]
    assert {name: after[name] - before[name] for name in after} == {  # type: ignore[index]
        "L1": 1,
        "L2": 1,
        "MISS": 1,
        "BYPASS": 1,
    }
    assert cache.summed([{"L1": 2, "MISS": 1}, {"L2": 1}])["hitRate"] == 0.75


class TestVariables:
    """One variable, one effect."""

    def test_caching_enabled(self, alone: None, settings: Any) -> None:
        settings.CACHING_ENABLED = False
        work = Work()
        assert [asked(work), asked(work)] == ["BYPASS", "BYPASS"]

    def test_cache_ttl(self, alone: None, settings: Any) -> None:
        settings.CACHE_TTL = 30_000
        kept, _ = cache.read("q", "g", Work())
        assert 29 < kept.until - time.time() <= 30

    def test_cache_max_size(self, alone: None, settings: Any) -> None:
        settings.CACHE_MAX_SIZE = 2
        for question in "abc":
            asked(Work(), question)
        assert cache.statistics()["entries"] == 2

    def test_cache_max_bytes(self, alone: None, settings: Any) -> None:
        settings.CACHE_MAX_BYTES = 1_000
        for question in "abc":
            asked(Work(b"x" * 200), question)
        assert cache.statistics()["entries"] == 1
        asked(Work(b"x" * 2_000), "too large")
        assert cache.statistics()["bytes"] <= 1_000

    def test_cache_cleanup_interval(
        self, alone: None, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cache.near.put("over", "g", Kept((b"1",), 1.0), most=9, most_bytes=10_000)
        monkeypatch.setattr(reading, "_swept_at", time.monotonic() - 1)
        settings.CACHE_CLEANUP_INTERVAL = 5_000
        cache.sweep()
        assert len(cache.near) == 1
        settings.CACHE_CLEANUP_INTERVAL = 500
        cache.sweep()
        assert len(cache.near) == 0
