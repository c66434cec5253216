"""One leads; whoever led before can write no more."""

from __future__ import annotations

from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection

from cluster import leader
from cluster.clock import DatabaseNow
from cluster.leader import Deposed, Lease, Standing, leader_work
from cluster.leader import lease as leases
from cluster.models import CONTROL_STREAM, Event, LeaderLease
from tests.cluster.candidate import write
from tests.live.lines import until
from tests.statistics.threads import PATIENCE, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def hoa() -> Lease:
    """Leads in term 1."""
    lease = Lease()
    assert lease.keep("web-1", "hoa") == 1
    return lease


def run_out() -> None:
    LeaderLease.objects.update(expires_at=DatabaseNow())


def written() -> list[int]:
    log = Event.objects.filter(stream=CONTROL_STREAM, name="test:wrote").order_by("seq")
    return [change["term"] for change in log.values_list("change", flat=True)]


def test_it_works(hoa: Lease) -> None:
    assert leader.standing() == Standing("web-1", 1)
    with leader_work(1) as work:
        write(work, 1)
    assert hoa.keep("web-1", "hoa") == 1
    assert written() == [1]


def test_there_is_one(hoa: Lease) -> None:
    assert Lease().keep("web-2", "lan") is None
    assert leader.standing() == Standing("web-1", 1)


def test_a_lease_that_ran_out_is_taken_over(hoa: Lease) -> None:
    run_out()
    assert leader.standing() == Standing(None, 1)
    assert Lease().keep("web-2", "lan") == 2
    assert hoa.keep("web-1", "hoa") is None
    assert leader.standing() == Standing("web-2", 2)


def test_one_that_ran_out_unnoticed_goes_on(hoa: Lease) -> None:
    run_out()
    assert hoa.keep("web-1", "hoa") == 1


def test_another_life_of_the_same_name_is_another_leader(hoa: Lease) -> None:
    assert hoa.keep("web-1", "hoa again") is None
    run_out()
    assert hoa.keep("web-1", "hoa again") == 2


def test_a_released_lease_is_free_at_once(hoa: Lease) -> None:
    hoa.release("hoa")
    assert hoa.term is None
    assert Lease().keep("web-2", "lan") == 2


def test_who_could_not_renew_does_not_lead_by_their_own_clock(hoa: Lease, monkeypatch: Any) -> None:
    now = leases.monotonic()
    monkeypatch.setattr(leases, "monotonic", lambda: now + leases.LEASE_SECONDS)
    assert hoa.term is None


def test_a_former_leader_writes_nothing(hoa: Lease) -> None:
    run_out()
    Lease().keep("web-2", "lan")
    with pytest.raises(Deposed), leader_work(1) as work:
        write(work, 1)
    assert written() == []


def test_terms_do_not_begin_anew_with_the_row(hoa: Lease) -> None:
    LeaderLease.objects.all().delete()
    assert Lease().keep("web-2", "lan") == 2


def test_a_successor_waits_for_what_is_being_written(hoa: Lease) -> None:
    inside, taken = Signal(), Signal()

    def former() -> None:
        with leader_work(1) as work:
            write(work, 1)
            inside.set()
            if connection.vendor == "postgresql":  # on SQLite the lease has to wait too
                assert taken.wait(PATIENCE)

    def successor() -> None:
        assert inside.wait(PATIENCE)
        run_out()
        with leader_work(Lease().keep("web-2", "lan") or 0) as work:
            write(work, 2)

    def watcher() -> None:
        until(lambda: leader.standing().term == 2 or connection.vendor != "postgresql")
        taken.set()

    for outcome in at_once([former, successor, watcher]):
        outcome.result()
    assert written() == [1, 2]
    with pytest.raises(Deposed), leader_work(1) as work:
        write(work, 1)
