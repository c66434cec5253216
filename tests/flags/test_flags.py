"""Flags: on until switched off, known to every process, told on the control stream."""

from __future__ import annotations

import io
import json
from typing import get_args

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from cluster import flags
from cluster.flags import reading, registry
from cluster.models import CONTROL_STREAM, Event, FlagState, StreamHead
from cluster.streams import NEVER, read_standing
from settings.env import FlagName

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
OPERATOR = {"kind": "operator", "name": "root"}


@pytest.fixture
def flag(monkeypatch: pytest.MonkeyPatch) -> flags.Flag:
    monkeypatch.setattr(registry, "_flags", {})
    monkeypatch.setattr(reading, "_snapshot", reading.Snapshot())
    flags.declare("night-bell", "The bell rings at night.", since="0.1.0")
    return flags.declare("front-bell", "The bell at the desk rings.", since="0.1.0")


def test_the_environment_may_name_each_of_them() -> None:
    assert {flag.name for flag in flags.declared()} == set(get_args(FlagName))


def test_a_flag_is_on_until_it_is_switched_off(flag: flags.Flag) -> None:
    assert flags.is_on(flag)
    assert flags.switch([flag.name], on=False, by=OPERATOR) == [flag.name]
    assert not flags.is_on(flag)
    assert flags.switch([flag.name], on=True, by=OPERATOR) == [flag.name]
    assert flags.is_on(flag)


def test_a_switch_is_one_event_and_one_version(flag: flags.Flag) -> None:
    for _ in range(3):
        flags.switch([flag.name], on=False, by=OPERATOR)
    event = Event.objects.get(stream=CONTROL_STREAM, name="flag:switched")
    after = {"percent": 0, "exceptions": {}}
    before = {"percent": 100, "exceptions": {}}
    assert event.change == {"name": flag.name, "on": False, **after, "before": before, "by": OPERATOR}
    assert StreamHead.objects.get(stream=CONTROL_STREAM).counters["flags"] == 1


def test_an_unknown_name_changes_nothing(flag: flags.Flag) -> None:
    with pytest.raises(flags.UnknownFlag, match="the flags are: front-bell, night-bell"):
        flags.switch([flag.name, "doorbell"], on=False, by=OPERATOR)
    assert flags.is_on(flag)
    assert not FlagState.objects.exists()


def test_another_process_follows_at_the_next_look(flag: flags.Flag) -> None:
    other = reading.Snapshot()
    assert not other.rules()
    flags.switch([flag.name], on=False, by=OPERATOR)
    assert not other.rules()
    other.refresh()
    assert not other.rules()[flag.name].holds(flag.name, None)


def test_another_process_follows_the_head_it_reads_anyway(flag: flags.Flag) -> None:
    other = reading.Snapshot()
    other.follow(NEVER)
    flags.switch([flag.name], on=False, by=OPERATOR)
    other.follow(read_standing(())[CONTROL_STREAM])
    assert flag.name in other.rules()


def test_with_the_database_away_all_stays_as_it_was(
    flag: flags.Flag, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags.switch([flag.name], on=False, by=OPERATOR)

    def away(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(FlagState.objects, "all", away)
    flags.refresh()
    assert not flags.is_on(flag)
    with pytest.raises(OperationalError):
        reading.Snapshot().rules()


def test_the_command(flag: flags.Flag) -> None:
    said = io.StringIO()
    call_command("flag", flag.name, "off", "--json", stdout=said)
    (shown,) = json.loads(said.getvalue())
    assert (shown["name"], shown["on"], shown["percent"], shown["since"]) == (flag.name, False, 0, "0.1.0")
    said = io.StringIO()
    call_command("flag", stdout=said)
    assert [line.split()[:2] for line in said.getvalue().splitlines()] == [
        ["front-bell", "off"],
        ["night-bell", "on"],
    ]
    with pytest.raises(CommandError, match="There is no flag 'doorbell'"):
        call_command("flag", "doorbell", "off")


def test_a_name_is_declared_once(flag: flags.Flag) -> None:
    with pytest.raises(ValueError, match="declared twice"):
        flags.declare(flag.name, "Again.", since="0.1.0")
