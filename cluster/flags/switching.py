"""Switching flags: one transaction, told on the control stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from cluster.flags.reading import refresh
from cluster.flags.registry import declared, find
from cluster.models import CONTROL_STREAM, FlagState
from cluster.streams import unit_of_work

SWITCHED = "flag:switched"
VERSION = "flags"
"""The counter of the control stream that grows with every switch: the version of what is cached by flags."""


class UnknownFlag(LookupError):
    """There is no flag of that name."""

    def __init__(self, name: str) -> None:
        known = ", ".join(flag.name for flag in declared()) or "none"
        super().__init__(f"There is no flag {name!r}; the flags are: {known}.")


def switch(names: Sequence[str], *, on: bool, by: Mapping[str, object]) -> list[str]:
    """Switch flags on or off and return those that changed. Raises UnknownFlag before anything changes."""
    for name in names:
        if find(name) is None:
            raise UnknownFlag(name)
    with unit_of_work() as work:
        changed = [name for name in sorted(set(names)) if _set(name, on=on)]
        for name in changed:
            data = {"name": name, "on": on}
            work.emit(
                CONTROL_STREAM,
                SWITCHED,
                label="control",
                subjects=(),
                rooms=["control"],
                actor=by,
                data=data,
                change={**data, "by": dict(by)},
            )
        if changed:
            work.count(CONTROL_STREAM, {VERSION: len(changed)})
            transaction.on_commit(refresh, robust=True)
    return changed


def _set(name: str, *, on: bool) -> bool:
    """Write one state; say whether it was another before."""
    FlagState.objects.bulk_create([FlagState(name=name, changed_at=timezone.now())], ignore_conflicts=True)
    return bool(FlagState.objects.filter(name=name, on=not on).update(on=on, changed_at=timezone.now()))
