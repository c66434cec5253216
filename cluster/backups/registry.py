"""What apps say about their tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

Check = Callable[[], str]
"""Looks at the database it finds itself on; returns what is wrong, in a sentence, or nothing."""

Mend = Callable[[], str]
"""Puts right, in the transaction of the restore, what must not come back; returns what it did."""


Carry = Callable[[datetime], Mend]
"""Told the moment of the backup, reads from the database that will be replaced what must outlive it."""


@dataclass(slots=True)
class Registry:
    """What was registered."""

    transient: set[str] = field(default_factory=set)
    checks: dict[str, Check] = field(default_factory=dict)
    mends: list[Mend] = field(default_factory=list)
    carries: list[Carry] = field(default_factory=list)


registered = Registry()


def register(
    *,
    transient: Iterable[str] = (),
    checks: dict[str, Check] | None = None,
    mends: Iterable[Mend] = (),
    carries: Iterable[Carry] = (),
) -> None:
    """Name tables that are not kept, checks of a copy, mends of a restored database and what outlives one."""
    registered.transient.update(transient)
    registered.checks.update(checks or {})
    registered.mends.extend(mend for mend in mends if mend not in registered.mends)
    registered.carries.extend(carry for carry in carries if carry not in registered.carries)
