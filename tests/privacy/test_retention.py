"""Forgetting in time: what each property's house rules say, by the leader or by `manage.py prune`."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from cluster.jobs import registered
from cluster.leader import Deposed, leader_work
from requests_app import erasing, jobs
from requests_app.api.sheets import workbook
from requests_app.models import Erasure, GuestRequest, HouseRules, Message, Stay
from requests_app.shown import KEYS
from tests import cast
from tests.cast import Hotel
from tests.privacy import places
from tests.privacy.conftest import NAME, Left

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.usefixtures("own_cache"),
]

TERM = 3
STAYING = {
    GuestRequest: {
        *("order_id", "room_number", "service_type", "department", "currency", "status", "assignment"),
        *("source", "language", "guest_name_folded", "search_folded"),
    },
    Message: {"content"},
    Stay: {"room_number", "guest_name", "language"},
}
"""Texts that stay (docs/privacy.md says why), are made of the others, or are named in the verb itself."""
SHOWN_STAYING = {
    *("id", "orderId", "propertyId", "stayId", "roomNumber", "serviceType", "department", "priority"),
    *("urgency", "deliveryTime", "totalAmount", "currency", "status", "assignedTo", "assignee", "source"),
    *("language", "dueAt", "overdue", "escalationLevel", "version", "createdAt", "updatedAt", "startedAt"),
    *("completedAt", "cancelledAt"),
}
TEXTS = ("CharField", "TextField", "JSONField", "BinaryField", "EmailField", "SlugField", "URLField")


@pytest.fixture
def _thirty_days(hotel: Hotel) -> None:
    HouseRules.objects.filter(pk=hotel.property.pk).update(guest_data_days=30)


def test_every_text_is_erased_or_stays_for_a_reason() -> None:
    for model, staying in STAYING.items():
        named = {field.name for field in model._meta.fields if field.get_internal_type() in TEXTS}
        erased = set(erasing.REQUEST_FIELDS) if model is GuestRequest else set()
        assert named == staying | erased, model
    assert set(KEYS) == SHOWN_STAYING | (set(erasing.SHOWN_KEYS) - {"content"})


@pytest.mark.usefixtures("_thirty_days")
def test_the_leader_forgets_when_the_time_has_come(left: Left) -> None:
    assert any(job.run is jobs.forget_guests_in_time for job in registered())
    jobs.forget_guests_in_time(TERM)
    assert places.in_tables()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        jobs.forget_guests_in_time(TERM)
        jobs.forget_guests_in_time(TERM)
    assert places.in_tables() == []
    report = Erasure.objects.get()
    assert (report.selector, report.made_by, report.counts["requests"]) == ("retention", "system", 3)
    assert report.finished_at


@pytest.mark.usefixtures("_thirty_days")
def test_what_is_open_is_kept(hotel: Hotel) -> None:
    cast.asked(hotel.lan, hotel.property, guest_name=NAME)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        jobs.forget_guests_in_time(TERM)
    assert GuestRequest.objects.get().guest_name == NAME


def test_without_a_period_nothing_is_forgotten(left: Left) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=4000)):
        jobs.forget_guests_in_time(TERM)
    assert places.in_tables()


@pytest.mark.usefixtures("_thirty_days")
def test_a_former_leader_forgets_nothing(left: Left) -> None:
    with leader_work(TERM + 1):
        pass
    with time_machine.travel(timezone.now() + timedelta(days=31)), pytest.raises(Deposed):
        jobs.forget_guests_in_time(TERM)
    assert places.in_tables()


@pytest.mark.usefixtures("_thirty_days")
def test_prune_does_it_now(left: Left) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        due = _prune("--dry-run")
        done = _prune()
        again = _prune()
    assert (due["stays"], due["requests"]) == (1, 3)
    assert due["events"] > 0
    assert (done["stays"], done["requests"], done["storedAnswers"]) == (1, 3, due["storedAnswers"])
    assert set(again.values()) == {0}
    assert places.in_tables() == []


def test_an_export_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows() -> Iterator[dict[str, object]]:
        yield dict.fromkeys(KEYS, NAME)
        raise OSError

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(OSError):  # noqa: PT011
        list(workbook(rows()))
    assert list(tmp_path.iterdir()) == []


def _prune(*said: str) -> dict[str, int]:
    out = io.StringIO()
    call_command("prune", *said, "--json", stdout=out)
    told: dict[str, int] = json.loads(out.getvalue())
    return told
