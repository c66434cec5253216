"""Any sequence of verbs, several at once, refused or rolled back: the counters are what a recount says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cluster.answers.problems import Problem
from cluster.models import Event, StreamHead
from cluster.streams import unit_of_work
from requests_app import actions, recount
from requests_app.counters import Cell
from requests_app.lifecycle import Status
from requests_app.models import DailyCount, GuestRequest
from security.models import Membership, Property, Role
from tests import cast
from tests.cast import Hotel
from tests.statistics import brute_force
from tests.statistics.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

Act = Callable[[], object]
numbers = count(1)
texts = st.sampled_from(["Two towels", "It is broken!", "Khẩn cấp", "Tea, please"])
services = st.sampled_from(["housekeeping", "room-service", "maintenance", "general"])
places = st.integers(0, 30)


class Rollback(Exception):
    """Something went wrong after the verb had done its work."""


class Verbs(RuleBasedStateMachine):
    """A hotel at work. ``hotel`` lends its people; every run has a property of its own."""

    hotel: Hotel

    @initialize()
    def open(self) -> None:
        self.place = Property.objects.create(
            slug=f"machine-{next(numbers)}", name="M", timezone="Europe/Berlin"
        )
        Membership.objects.create(user=self.hotel.hoa, property=self.place, role=Role.MANAGER)
        self.hoa = cast.caller(self.hotel.hoa)

    @rule(text=texts, service=services, priority=st.integers(1, 3))
    def create(self, text: str, service: str, priority: int) -> None:
        self.creation(text, service, priority)()

    @rule(place=places, status=st.sampled_from(Status))
    def change_status(self, place: int, status: Status) -> None:
        attempt(self.status_change(place, status))

    @rule(place=places, service=services, priority=st.integers(1, 3))
    def edit(self, place: int, service: str, priority: int) -> None:
        changes = {"service_type": service, "priority": priority}
        attempt(partial(actions.edit, by=self.hoa, request_id=self.id_at(place), changes=changes))

    @rule(place=places)
    def remove(self, place: int) -> None:
        attempt(self.removal(place))

    @rule(
        places=st.lists(places, min_size=1, max_size=6), status=st.sampled_from(Status), partial=st.booleans()
    )
    def bulk(self, places: list[int], status: Status, partial: bool) -> None:
        attempt(self.bulk_change(places, status, partial=partial))

    @rule(place=places, status=st.sampled_from(Status), text=texts)
    def fail_afterwards(self, place: int, status: Status, text: str) -> None:
        def act() -> None:
            with unit_of_work():
                self.creation(text, "general", 2)()
                self.status_change(place, status)()
                raise Rollback

        attempt(act)

    @rule(
        drawn=st.lists(st.tuples(st.integers(0, 4), places, st.sampled_from(Status)), min_size=2, max_size=4)
    )
    def several_at_once(self, drawn: list[tuple[int, int, Status]]) -> None:
        """Hands in the same few requests at the same time."""
        acts = [self.act(kind, place, status) for kind, place, status in drawn]
        for outcome in at_once(partial(attempt, act) for act in acts):
            outcome.result()

    def act(self, kind: int, place: int, status: Status) -> Act:
        return (
            self.creation("It is broken!", "maintenance", 1),
            self.status_change(place, status),
            self.removal(place),
            self.bulk_change([place, place + 1, place + 2], status, partial=True),
            self.bulk_change([place + 2, place + 1, place], status, partial=False),
        )[kind]

    def creation(self, text: str, service: str, priority: int) -> Act:
        return partial(cast.asked, self.hoa, self.place, text, service_type=service, priority=priority)

    def status_change(self, place: int, status: Status) -> Act:
        return partial(
            actions.change_status, by=self.hoa, request_id=self.id_at(place), status=status, notes="because"
        )

    def removal(self, place: int) -> Act:
        return partial(actions.remove, by=self.hoa, request_id=self.id_at(place))

    def bulk_change(self, places: list[int], status: Status, *, partial: bool) -> Act:
        ids = [self.id_at(place) for place in places]
        return lambda: actions.bulk_change(
            by=self.hoa, request_ids=ids, status=status, notes="together", partial=partial
        )

    def id_at(self, place: int) -> int:
        ids = list(
            GuestRequest.objects.filter(property=self.place).order_by("pk").values_list("pk", flat=True)
        )
        return ids[place % len(ids)] if ids else 0

    @invariant()
    def counts_are_exact(self) -> None:
        head = StreamHead.objects.filter(stream=self.place.pk).first()
        rows = brute_force.live(self.place)
        stored = {name: number for name, number in (head.counters if head else {}).items() if number}
        assert stored == dict(brute_force.counters(rows))
        cells = DailyCount.objects.filter(stream=self.place.pk).exclude(total=0)
        by_day = {tuple(cell): total for *cell, total in cells.values_list(*Cell._fields, "total")}
        assert by_day == dict(brute_force.daily(rows, ZoneInfo(self.place.timezone)))
        assert recount.look(self.place).is_clean

    @invariant()
    def the_log_has_no_gap(self) -> None:
        head = StreamHead.objects.filter(stream=self.place.pk).first()
        seqs = Event.objects.filter(stream=self.place.pk).order_by("seq").values_list("seq", flat=True)
        assert list(seqs) == list(range(1, (head.seq if head else 0) + 1))


def attempt(act: Act) -> None:
    """Act; a refusal and a failure afterwards change nothing, and everything else is a defect."""
    with suppress(Problem, Rollback):
        act()


def test_counters_stay_exact(hotel: Hotel) -> None:
    Verbs.hotel = hotel
    run_state_machine_as_test(
        Verbs,
        settings=settings(
            max_examples=30,
            stateful_step_count=15,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
