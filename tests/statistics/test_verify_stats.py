"""`manage.py verify_stats`: finding what is wrong, and putting it right."""

from __future__ import annotations

import json
from contextlib import suppress
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from cluster.models import StreamHead
from cluster.streams import unit_of_work
from requests_app import actions, recount
from requests_app.demo import history
from requests_app.lifecycle import Status
from requests_app.models import DailyCount, GuestRequest
from tests import cast
from tests.cast import Hotel
from tests.demo.test_history import UNTIL
from tests.statistics import brute_force

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def verify(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_stats", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as leaving:
        return int(leaving.code or 0), out.getvalue()
    return 0, out.getvalue()


def as_json(*arguments: str) -> tuple[int, dict[str, Any]]:
    code, said = verify("--json", *arguments)
    return code, json.loads(said)


@pytest.fixture
def busy(hotel: Hotel) -> Hotel:
    for _ in history.add(hotel.property, 120, until=UNTIL, seed="busy"):
        pass
    asked = cast.asked(hotel.lan, hotel.property, "It is broken!")
    actions.change_status(by=cast.caller(hotel.lan), request_id=asked.pk, status=Status.IN_PROGRESS)
    return hotel


def test_it_works(busy: Hotel) -> None:
    assert verify() == (0, "demo-hotel: right.\n")


def test_a_property_without_a_stream_is_right(hotel: Hotel) -> None:
    StreamHead.objects.all().delete()
    assert verify()[0] == 0


def test_it_finds_a_wrong_counter(busy: Hotel) -> None:
    head = StreamHead.objects.get(stream=busy.property.pk)
    StreamHead.objects.update(counters=head.counters | {"total": 5, "service:spa": 2, "urgency:3x": 0})
    code, said = verify()
    assert code == 1
    assert "total: 5, " in said
    assert "service:spa: 2, 0" in said
    assert "3x" not in said


def test_it_finds_a_wrong_daily_count(busy: Hotel) -> None:
    first = DailyCount.objects.exclude(completion_us=0).first()
    assert first is not None
    DailyCount.objects.filter(pk=first.pk).update(completion_us=F("completion_us") + 1)
    code, found = as_json()
    assert code == 1
    assert not found["clean"]
    (difference,) = found["properties"][0]["days"]
    assert difference["stored"] == difference["counted"] + 1


def test_a_daily_count_of_zero_is_none_at_all(busy: Hotel) -> None:
    DailyCount.objects.create(
        stream=busy.property.pk, day=UNTIL.date(), status="x", priority=1, urgency=1, service_type="none"
    )
    assert verify()[0] == 0


def test_it_repairs(busy: Hotel) -> None:
    StreamHead.objects.update(counters={})
    DailyCount.objects.all().delete()
    GuestRequest.objects.filter(status="pending").update(priority=1, urgency=1)
    code, found = as_json("--repair")
    assert (code, found["clean"], found["properties"][0]["repaired"]) == (0, True, True)
    assert verify() == (0, "demo-hotel: right.\n")
    rows = brute_force.live(busy.property)
    assert StreamHead.objects.get(stream=busy.property.pk).counters == dict(brute_force.counters(rows))


def test_what_is_repaired_is_counted_on(busy: Hotel) -> None:
    StreamHead.objects.filter(stream=busy.property.pk).update(counters={})
    verify("--repair")
    cast.asked(busy.lan, busy.property)
    assert verify()[0] == 0


def test_it_moves_requests_to_the_days_of_a_new_zone(busy: Hotel) -> None:
    busy.property.timezone = "America/New_York"
    busy.property.save()
    code, found = as_json()
    assert code == 1
    assert found["properties"][0]["misplaced"] > 10
    assert verify("--repair")[0] == 0
    assert verify()[0] == 0
    zone = recount.ZoneInfo("America/New_York")
    assert all(row.local_day == row.created_at.astimezone(zone).date() for row in GuestRequest.objects.all())


def test_it_looks_at_one_property_alone(busy: Hotel) -> None:
    other = cast.other_hotel()
    cast.asked(other.otto, other.property)
    StreamHead.objects.filter(stream=busy.property.pk).update(counters={})
    assert verify("--property", "other-hotel") == (0, "other-hotel: right.\n")
    assert verify("--property", "demo-hotel")[0] == 1


def test_it_does_not_repair_unasked(busy: Hotel) -> None:
    StreamHead.objects.filter(stream=busy.property.pk).update(counters={"total": 1})
    verify()
    assert StreamHead.objects.get(stream=busy.property.pk).counters == {"total": 1}


def test_it_rejects_an_unknown_property(hotel: Hotel) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        verify("--property", "nowhere")


def test_a_rolled_back_change_counts_for_nothing(busy: Hotel) -> None:
    with suppress(ZeroDivisionError), unit_of_work():
        cast.asked(busy.lan, busy.property)
        raise ZeroDivisionError
    assert verify()[0] == 0
