"""What the leader does for the hotel."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from prometheus_client import REGISTRY
from time_machine import Traveller

from cluster.jobs import registered
from cluster.leader import Deposed, leader_work
from cluster.models import StreamHead
from cluster.streams import unit_of_work
from requests_app import jobs, recount
from requests_app.models import GuestRequest
from requests_app.recount import Drift
from tests.cast import Hotel
from tests.requests_jobs.conftest import LIMIT, ask, level

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

TERM = 7


def drift() -> float | None:
    return REGISTRY.get_sample_value("bellhop_statistics_drift", {"property": "demo-hotel"})


def test_they_are_known_to_whoever_leads() -> None:
    declared = {job.name: (job.every_seconds, job.run) for job in registered()}
    assert declared["sla"] == (5, jobs.escalate_late_requests)
    assert declared["statistics"] == (300, jobs.look_for_drift)


def test_late_requests_are_escalated(hotel: Hotel, towels: GuestRequest, clock: Traveller) -> None:
    clock.shift(LIMIT)
    jobs.escalate_late_requests(TERM)
    assert level(towels) == 1


def test_a_backlog_goes_in_several_batches(
    hotel: Hotel, clock: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    for number in range(5):
        ask(hotel, room_number=f"10{number}")
    clock.shift(timedelta(days=1))
    jobs.escalate_late_requests(TERM)
    assert not GuestRequest.objects.filter(escalation_level=0).exists()


def test_a_former_leader_escalates_nothing(towels: GuestRequest, clock: Traveller) -> None:
    with leader_work(TERM + 1):
        pass
    clock.shift(LIMIT)
    with pytest.raises(Deposed):
        jobs.escalate_late_requests(TERM)
    assert level(towels) == 0


def test_right_statistics_have_no_drift(towels: GuestRequest) -> None:
    jobs.look_for_drift(TERM)
    assert drift() == 0


def test_wrong_statistics_are_counted_and_told_and_left_alone(
    hotel: Hotel, towels: GuestRequest, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {"total": 5, "status:pending": 1}
    StreamHead.objects.filter(stream=hotel.property.pk).update(counters=wrong)
    found = recount.look(hotel.property).size
    with caplog.at_level(logging.WARNING, logger="bellhop.statistics"):
        jobs.look_for_drift(TERM)
    assert drift() == found > 1
    assert StreamHead.objects.get(stream=hotel.property.pk).counters == wrong
    assert [record.getMessage() for record in caplog.records] == ["statistics.drift"]


def test_looking_waits_for_no_writer(hotel: Hotel, towels: GuestRequest) -> None:
    def look() -> Drift:
        try:
            return recount.look(hotel.property)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread, unit_of_work():
        GuestRequest.objects.filter(pk=towels.pk).update(priority=1)
        assert thread.submit(look).result(timeout=3).is_clean
