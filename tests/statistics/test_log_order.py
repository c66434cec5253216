"""The order of the log is the order of commits: whoever reads on from a number loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from threading import Event as Signal

import pytest
from django.db import connection

from cluster.models import Event, StreamHead
from cluster.streams import UnderHead, Work, read_log, unit_of_work
from tests.statistics.threads import PATIENCE, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
STREAM = 7001


class Refused(Exception):
    """A unit of work that goes wrong on purpose."""


def tell(work: Work, name: str) -> None:
    work.emit(
        STREAM, name, label="test", subjects=(1,), rooms=["test"], actor={}, data={"name": name}, change={}
    )


class Hurdle(UnderHead):
    """Stands in the way of a unit once its head is locked and its numbers are taken."""

    reached, lifted, falls = Signal(), Signal(), False

    def apply(self) -> None:
        Hurdle.reached.set()
        assert Hurdle.lifted.wait(PATIENCE)
        if Hurdle.falls:
            raise Refused


@pytest.fixture(autouse=True)
def _fresh_hurdle() -> None:
    Hurdle.reached, Hurdle.lifted, Hurdle.falls = Signal(), Signal(), False


class Reader:
    """Polls the log with `seq > last` until told to stop, like every hub does."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, str]] = []
        self.stop = Signal()

    def read_on(self) -> None:
        while True:
            was_over = self.stop.is_set()
            last = self.seen[-1][0] if self.seen else 0
            page = read_log(STREAM, after=last, epoch=None, limit=100)
            assert page.gone is None
            self.seen += [(event.seq, event.name) for event in page.events]
            if was_over and not page.events:
                return


def written() -> list[tuple[int, str]]:
    return list(Event.objects.filter(stream=STREAM).order_by("seq").values_list("seq", "name"))


@pytest.mark.parametrize("first_falls", [False, True])
def test_the_first_to_start_and_last_to_commit_is_not_lost(first_falls: bool) -> None:
    """A serial number drawn at the start would be passed over by a reader that saw the second."""
    reader, started, second_done = Reader(), Signal(), Signal()

    def first() -> None:
        with unit_of_work() as work:
            tell(work, "first")
            started.set()
            if connection.vendor == "postgresql":  # SQLite lets nobody else write meanwhile
                assert second_done.wait(PATIENCE)
            if first_falls:
                raise Refused

    def second() -> None:
        assert started.wait(PATIENCE)
        with unit_of_work() as work:
            tell(work, "second")
        second_done.set()

    outcomes = at_once([first, second, lambda: stop_after(reader, second_done), reader.read_on])
    assert isinstance(outcomes[0].exception(), Refused) is first_falls
    assert reader_saw_all(reader, outcomes[1:])
    assert [seq for seq, _ in reader.seen] == list(range(1, 2 if first_falls else 3))


def stop_after(reader: Reader, done: Signal) -> None:
    assert done.wait(PATIENCE)
    reader.stop.set()


def reader_saw_all(reader: Reader, outcomes: list[object]) -> bool:
    for outcome in outcomes:
        outcome.result()  # type: ignore[attr-defined]
    last = reader.seen[-1][0] if reader.seen else 0
    late = read_log(STREAM, after=last, epoch=None, limit=100).events
    reader.seen += [(event.seq, event.name) for event in late]
    return reader.seen == written()


@pytest.mark.parametrize("first_falls", [False, True])
def test_who_comes_second_to_the_head_waits_for_the_first(first_falls: bool) -> None:
    """So a rollback gives its number back and the next commit takes it: no gap is ever final."""
    Hurdle.falls = first_falls

    def first() -> None:
        with unit_of_work() as work:
            tell(work, "first")
            work.under_head(Hurdle, STREAM)

    def second() -> None:
        assert Hurdle.reached.wait(PATIENCE)
        with unit_of_work() as work:
            Hurdle.lifted.set()
            tell(work, "second")

    def second_on_sqlite() -> None:
        assert Hurdle.reached.wait(PATIENCE)
        Hurdle.lifted.set()
        with unit_of_work() as work:
            tell(work, "second")

    one, two = at_once([first, second if connection.vendor == "postgresql" else second_on_sqlite])
    two.result()
    assert isinstance(one.exception(), Refused) is first_falls
    assert written() == [(1, "second")] if first_falls else [(1, "first"), (2, "second")]


def test_random_commits_and_rollbacks_lose_nothing() -> None:
    reader, committed = Reader(), set[str]()

    def writer(name: str) -> Callable[[], None]:
        random = Random(name)

        def write() -> None:
            for turn in range(15):
                told = [f"{name}-{turn}-{place}" for place in range(random.randint(1, 3))]
                try:
                    unit(random, told)
                except Refused:
                    continue
                committed.update(told)

        return write

    def all_writers() -> None:
        for outcome in at_once(writer(name) for name in "abcdef"):
            outcome.result()
        reader.stop.set()

    for outcome in at_once([all_writers, reader.read_on]):
        outcome.result()
    assert [seq for seq, _ in reader.seen] == list(range(1, len(committed) + 1))
    assert {name for _, name in reader.seen} == committed
    assert reader.seen == written()
    assert StreamHead.objects.get(stream=STREAM).seq == len(committed)


class Stumble(UnderHead):
    """Fails a unit after it has taken its numbers."""

    def apply(self) -> None:
        raise Refused


def unit(random: Random, told: list[str]) -> None:
    chance = random.random()
    with unit_of_work() as work:
        for name in told:
            tell(work, name)
        if chance < 0.15:
            raise Refused
        if chance < 0.3:
            work.under_head(Stumble, STREAM)
