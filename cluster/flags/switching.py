"""Switching flags: one transaction, told on the control stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from cluster.flags.reading import VERSION, refresh, rule_of
from cluster.flags.registry import Flag, declared, find
from cluster.flags.rules import EVERYBODY, NOBODY, Rule
from cluster.flags.subjects import is_known, kinds
from cluster.models import CONTROL_STREAM, FlagState
from cluster.streams import Work, unit_of_work

SWITCHED = "flag:switched"


class UnknownFlag(LookupError):
    """There is no flag of that name."""

    def __init__(self, name: str) -> None:
        known = ", ".join(flag.name for flag in declared()) or "none"
        super().__init__(f"There is no flag {name!r}; the flags are: {known}.")


class NotSwitchable(ValueError):
    """The flag can not be switched like that; the message says why."""


def switch(names: Sequence[str], *, on: bool, by: Mapping[str, object]) -> list[str]:
    """Switch flags on or off for everyone and return those that changed.

    Raises UnknownFlag before anything changes.
    """
    with unit_of_work():
        found = [_found(name) for name in sorted(set(names))]
        return [flag.name for flag in found if _switch(flag, EVERYBODY if on else NOBODY, "", by)]


def switch_to(name: str, percent: int, *, by: Mapping[str, object], only: str = "") -> bool:
    """Switch a flag to a share of everyone, or of those with the label ``only``; say whether it changed.

    A switch for everyone takes the exceptions away. Raises UnknownFlag or NotSwitchable.
    """
    flag = _found(name)
    if not NOBODY <= percent <= EVERYBODY:
        raise NotSwitchable("Say on, off or a whole number from 0 to 100.")
    if flag.of_nodes and (only or percent not in (NOBODY, EVERYBODY)):
        raise NotSwitchable(f"{name} concerns nodes, not callers: on or off, for everyone.")
    if only and not is_known(only):
        known = "; ".join(f"{kind.name}: {kind.help}" for kind in kinds())
        raise NotSwitchable(f"There is nothing called {only!r}; one can be meant by {known}.")
    return _switch(flag, percent, only, by)


def _found(name: str) -> Flag:
    flag = find(name)
    if flag is None:
        raise UnknownFlag(name)
    return flag


def _switch(flag: Flag, percent: int, only: str, by: Mapping[str, object]) -> bool:
    with unit_of_work() as work:
        before, after = _written(flag.name, percent, only)
        if before == after:
            return False
        _announce(work, flag.name, before, after, by)
        transaction.on_commit(refresh, robust=True)
    return True


def _written(name: str, percent: int, only: str) -> tuple[Rule, Rule]:
    """Write the state under a lock of its row; return the rule before and after."""
    now = timezone.now()
    FlagState.objects.bulk_create([FlagState(name=name, changed_at=now)], ignore_conflicts=True)
    state = FlagState.objects.select_for_update(no_key=True).get(pk=name)
    before = rule_of(state)
    after = before.changed(percent, only)
    if after != before:
        share = after.everyone
        state.on, state.percent = share > NOBODY, share if NOBODY < share < EVERYBODY else None
        state.exceptions, state.changed_at = dict(after.exceptions), now
        state.save()
    return before, after


def _announce(work: Work, name: str, before: Rule, after: Rule, by: Mapping[str, object]) -> None:
    data: dict[str, object] = {"name": name, "on": after.everyone > NOBODY, **after.shown()}
    work.emit(
        CONTROL_STREAM,
        SWITCHED,
        label="control",
        subjects=(),
        rooms=["control"],
        actor=by,
        data=data,
        change={**data, "before": before.shown(), "by": dict(by)},
    )
    work.count(CONTROL_STREAM, {VERSION: 1})
