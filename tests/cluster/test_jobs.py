"""What the leader does in the background."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event as Signal
from typing import Any

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY

from cluster import nodes, once, streams
from cluster.clock import DatabaseNow
from cluster.jobs import Job, Runner, own, register, registered, retention
from cluster.leader import Deposed, leader_work
from cluster.models import CONTROL_STREAM, Event, IdempotencyRecord, Node, NodeRole, StreamHead
from cluster.nodes import Life
from cluster.streams import history, read_log, unit_of_work
from cluster.streams.log import Gone
from security import tickets
from security.models import SocketTicket, User
from tests.live.lines import until

on_both = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
STREAM = 7


def counted(name: str, job: str) -> float:
    return REGISTRY.get_sample_value(f"bellhop_job_{name}_total", {"job": job}) or 0.0


def runner(*jobs: Job) -> Runner:
    return Runner(lambda: jobs)


class Notes:
    """A job that remembers in which terms it ran."""

    def __init__(self) -> None:
        self.terms: list[int] = []

    def __call__(self, term: int) -> None:
        self.terms.append(term)


def failing(problem: Exception) -> Callable[[int], None]:
    def run(term: int) -> None:
        raise problem

    return run


def test_it_works() -> None:
    notes = Notes()
    jobs = runner(Job("notes", 60, notes))
    jobs.turn(4)
    until(lambda: notes.terms == [4])
    jobs.turn(4)
    jobs.stop(5)
    assert notes.terms == [4], "not due yet"


def test_whoever_leads_next_begins_anew() -> None:
    notes = Notes()
    jobs = runner(Job("notes", 60, notes))
    jobs.turn(4)
    jobs.rest()
    jobs.stop(5)
    jobs.turn(6)
    until(lambda: notes.terms == [4, 6])


def test_one_that_fails_is_counted_and_stops_nobody() -> None:
    notes, before = Notes(), counted("errors", "broken")
    jobs = runner(Job("broken", 0, failing(ValueError("no"))), Job("notes", 0, notes))
    jobs.turn(1)
    jobs.stop(5)
    jobs.turn(1)
    jobs.stop(5)
    assert notes.terms == [1, 1]
    assert counted("errors", "broken") == before + 2
    assert counted("runs", "broken") >= 2


def test_one_that_overruns_is_not_run_twice() -> None:
    gate, started, before = Signal(), [], counted("overruns", "slow")

    def run(term: int) -> None:
        started.append(term)
        gate.wait(10)

    jobs = runner(Job("slow", 0, run))
    jobs.turn(1)
    until(lambda: started == [1])
    jobs.turn(1)
    assert started == [1]
    assert counted("overruns", "slow") == before + 1
    gate.set()
    jobs.stop(5)
    jobs.turn(1)
    until(lambda: started == [1, 1])


def test_one_that_finds_a_later_leader_says_so_and_is_no_error() -> None:
    before = counted("errors", "former")
    jobs = runner(Job("former", 0, failing(Deposed("term 1 is over"))))
    jobs.turn(1)
    assert jobs.deposed.wait(5)
    jobs.stop(5)
    assert counted("errors", "former") == before


def test_a_straggler_of_an_earlier_term_says_nothing_of_this_one() -> None:
    gate = Signal()

    def run(term: int) -> None:
        gate.wait(10)
        raise Deposed

    jobs = runner(Job("straggler", 60, run))
    jobs.turn(1)
    jobs.turn(3)
    gate.set()
    jobs.stop(5)
    assert not jobs.deposed.is_set()


def test_the_house_has_its_jobs() -> None:
    names = {job.name for job in registered()}
    assert {"event-retention", "idempotency-records", "nodes", "socket-tickets"} <= names
    with pytest.raises(ValueError, match="registered twice"):
        register("nodes", 1, print)


def log(stream: int, count: int) -> None:
    with unit_of_work() as work:
        for number in range(count):
            work.emit(
                stream,
                "thing:done",
                label="things",
                subjects=[5],
                rooms=["staff"],
                actor={},
                data={},
                change={"n": number},
            )


def kept(stream: int) -> list[int]:
    return list(
        Event.objects.filter(stream=stream, frame__isnull=False).order_by("seq").values_list("seq", flat=True)
    )


class TestRetention:
    pytestmark = on_both

    @pytest.mark.parametrize("stream", [CONTROL_STREAM, STREAM])
    def test_by_count(self, settings: Any, stream: int) -> None:
        settings.EVENT_RETENTION_COUNT = 3
        log(stream, 10)
        assert retention.drop_old_frames(1) == 7
        assert kept(stream) == [8, 9, 10]
        head = StreamHead.objects.get(stream=stream)
        assert (head.oldest, head.seq) == (8, 10)
        assert read_log(stream, after=6, epoch=head.epoch, limit=10).gone is Gone.EXPIRED
        page = read_log(stream, after=7, epoch=head.epoch, limit=10)
        assert [event.seq for event in page.events] == [8, 9, 10]

    @pytest.mark.parametrize(("days", "left"), [(7, [3, 4]), (9, [1, 2, 3, 4])])
    def test_by_age(self, settings: Any, days: int, left: list[int]) -> None:
        settings.EVENT_RETENTION_DAYS = days
        log(STREAM, 4)
        Event.objects.filter(seq__lte=2).update(at=timezone.now() - timedelta(days=8))
        assert retention.drop_old_frames(1) == 4 - len(left)
        assert kept(STREAM) == left

    def test_the_change_stays(self, settings: Any) -> None:
        settings.EVENT_RETENTION_COUNT = 1
        log(STREAM, 3)
        retention.drop_old_frames(1)
        assert [event.change for event in history(STREAM, 5)] == [{"n": 0}, {"n": 1}, {"n": 2}]

    def test_everything_may_be_old(self) -> None:
        log(STREAM, 3)
        Event.objects.update(at=timezone.now() - timedelta(days=8))
        retention.drop_old_frames(1)
        assert StreamHead.objects.get(stream=STREAM).oldest == 4
        log(STREAM, 1)
        assert kept(STREAM) == [4]
        assert retention.drop_old_frames(1) == 0

    def test_in_small_batches(self, settings: Any, monkeypatch: Any) -> None:
        monkeypatch.setattr(retention, "BATCH", 2)
        settings.EVENT_RETENTION_COUNT = 1
        log(STREAM, 6)
        assert retention.drop_old_frames(1) == 5
        assert kept(STREAM) == [6]

    def test_not_by_a_former_leader(self, settings: Any) -> None:
        settings.EVENT_RETENTION_COUNT = 1
        log(STREAM, 3)
        with leader_work(2):
            pass
        with pytest.raises(Deposed):
            retention.drop_old_frames(1)
        assert kept(STREAM) == [1, 2, 3]

    def test_counters_and_numbers_are_untouched(self, settings: Any) -> None:
        settings.EVENT_RETENTION_COUNT = 1
        log(STREAM, 3)
        with unit_of_work() as work:
            work.count(STREAM, {"open": 5})
        retention.drop_old_frames(1)
        assert StreamHead.objects.get(stream=STREAM).counters == {"open": 5}
        assert streams.read_heads([STREAM])[STREAM].seq == 3


class TestForgetting:
    pytestmark = on_both

    def test_idempotency_records(self, monkeypatch: Any) -> None:
        monkeypatch.setattr("cluster.once.records.MOST_AT_ONCE", 2)
        for number in range(5):
            age = timedelta(hours=25) if number else timedelta(hours=1)
            IdempotencyRecord.objects.create(
                scope="s", key=str(number), fingerprint="", created_at=timezone.now() - age
            )
        own.forget_idempotency_records(1)
        assert [record.key for record in IdempotencyRecord.objects.all()] == ["0"]
        assert not once.has_old()

    def test_nodes(self) -> None:
        for name in ("old", "young"):
            nodes.claim(Life(NodeRole.ALL, name))
        Node.objects.filter(pk="old").update(last_heartbeat=DatabaseNow() - timedelta(minutes=11))
        own.forget_nodes(1)
        assert [node.pk for node in Node.objects.all()] == ["young"]

    def test_tickets(self) -> None:
        lan = User.objects.create(username="lan")
        for name, seconds in (("old", -1), ("good", 30)):
            expiry = timezone.now() + timedelta(seconds=seconds)
            SocketTicket.objects.create(digest=name, user=lan, expires_at=expiry)
        tickets.forget_as_leader(1)
        assert [ticket.digest for ticket in SocketTicket.objects.all()] == ["good"]
