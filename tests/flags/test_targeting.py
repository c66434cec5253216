"""For whom a flag is on: everyone, a sticky share, a label; what needs another; what is forced off."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import OperationalError

from cluster import flags
from cluster.flags import Rule, Subject, reading, registry, rules, subjects
from cluster.models import FlagState
from tests.flags.conftest import Switch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
SHARE = 0.05


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch, fresh: None) -> flags.Flag:
    monkeypatch.setattr(registry, "_flags", {})
    monkeypatch.setattr(subjects, "_kinds", {})
    flags.concern(None)  # a call of the test before
    flags.register_kind("floor", "a number", str.isdigit)
    flags.register_kind("person", "a name", str.isalpha)
    return flags.declare("bell", "It rings.", since="0.1.0")


def somebody(number: int, *labels: tuple[str, ...]) -> Subject:
    return Subject(f"user:{number}", labels)


def test_a_share_is_sticky_and_only_grows(bell: flags.Flag, switch: Switch) -> None:
    everyone = [somebody(number) for number in range(1000)]

    def inside() -> set[str]:
        return {one.key for one in everyone if flags.is_on(bell, one)}

    switch(bell, 25)
    few = inside()
    assert few == inside()
    assert abs(len(few) / 1000 - 0.25) < SHARE
    switch(bell, 60)
    assert few < inside()
    assert abs(len(inside()) / 1000 - 0.6) < SHARE


def test_the_lots_of_two_flags_differ() -> None:
    assert rules.lot("bell", "user:1") != rules.lot("knocker", "user:1")


def test_the_most_specific_label_decides(bell: flags.Flag, switch: Switch) -> None:
    switch(bell, 0, "floor:1")
    switch(bell, 100, "person:hoa")
    assert flags.is_on(bell, somebody(1))
    assert flags.is_on(bell)
    assert not flags.is_on(bell, somebody(1, (), ("floor:1", "floor:2")))
    assert flags.is_on(bell, somebody(1, ("person:hoa",), ("floor:1",)))


def test_of_labels_of_one_kind_the_smallest_share_counts(bell: flags.Flag, switch: Switch) -> None:
    switch(bell, 0, "floor:1")
    switch(bell, 100, "floor:2")
    assert not flags.is_on(bell, somebody(1, ("floor:1", "floor:2")))


def test_a_switch_for_everyone_is_for_everyone(bell: flags.Flag, switch: Switch) -> None:
    switch(bell, 100, "person:hoa")
    switch(bell, 0)
    assert not flags.is_on(bell, somebody(1, ("person:hoa",)))
    assert FlagState.objects.get().exceptions == {}


def test_whoever_makes_the_call_is_meant(bell: flags.Flag, switch: Switch) -> None:
    switch(bell, 0, "person:hoa")
    flags.concern(lambda: somebody(1, ("person:hoa",)))
    try:
        assert not flags.is_on(bell)
    finally:
        flags.concern(None)
    assert flags.is_on(bell)


def test_what_it_needs_must_be_on(bell: flags.Flag, switch: Switch) -> None:
    echo = flags.declare("echo", "It answers.", since="0.1.0", needs=(bell,))
    switch(bell, 0, "floor:1")
    assert flags.is_on(echo)
    assert not flags.is_on(echo, somebody(1, ("floor:1",)))


def test_a_flag_of_nodes_is_on_or_off(bell: flags.Flag, switch: Switch) -> None:
    node = flags.declare("engine", "It runs.", since="0.1.0", of_nodes=True)
    for wrong in ((50,), (0, "floor:1")):
        with pytest.raises(flags.NotSwitchable, match="concerns nodes"):
            switch(node, *wrong)
    switch(node, 0)
    assert not flags.is_on(node)


@pytest.mark.parametrize("label", ["floor:first", "cellar:1", "floor:", "floor"])
def test_nobody_is_switched_for_who_is_not_there(bell: flags.Flag, switch: Switch, label: str) -> None:
    with pytest.raises(flags.NotSwitchable):
        switch(bell, 0, label)


def test_forced_off_without_a_database(
    bell: flags.Flag, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    echo = flags.declare("echo", "It answers.", since="0.1.0", needs=(bell,))
    settings.FLAGS_FORCE_OFF = frozenset({"bell"})

    def away(*_: object) -> Any:
        raise OperationalError

    monkeypatch.setattr(reading, "read_standing", away)
    assert not flags.is_on(bell)
    assert not flags.is_on(echo)


def test_an_older_release_switches_all_of_it_off() -> None:
    assert reading.rule_of(FlagState(name="bell", on=False, percent=50)) == Rule(0)


def test_the_command_names_whom(bell: flags.Flag) -> None:
    call_command("flag", "bell", "25", stdout=io.StringIO())
    said = io.StringIO()
    call_command("flag", "bell", "off", "--floor", "2", "--json", stdout=said)
    (shown,) = json.loads(said.getvalue())
    assert (shown["percent"], shown["exceptions"]) == (25, {"floor:2": 0})
    said = io.StringIO()
    call_command("flag", stdout=said)
    assert "25 %; floor:2 off" in said.getvalue()
    for wrong in (
        ["101"],
        ["-1"],
        ["half"],
        ["off", "--floor", "two"],
        ["on", "--floor", "1", "--person", "x"],
    ):
        with pytest.raises(CommandError):
            call_command("flag", "bell", *wrong, stdout=io.StringIO())
