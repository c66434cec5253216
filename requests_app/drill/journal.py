"""What the clients of one scenario saw, in the order they saw it; times are one monotonic clock's."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

OK = "ok"


class Position(NamedTuple):
    """A place in a property's log."""

    epoch: str
    seq: int


NOWHERE = Position("", 0)


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call: when, by which way, how it ended.

    `outcome` is `ok`, a status as text, or `refused`, `reset`, `timeout`.
    """

    began: float
    ended: float
    way: str
    outcome: str
    retry_after: bool = False

    @property
    def failed(self) -> bool:
        """Whether the caller did not get what it asked for."""
        return self.outcome != OK


@dataclass(slots=True)
class Write:
    """One intended change; `acked` is when the service said it was done.

    `marker` is the request's text, which no other has; `wrote` is the field that was changed, and to what.
    """

    kind: str
    marker: str
    key: str = ""
    calls: int = 0
    request_id: int | None = None
    version: int | None = None
    wrote: tuple[str, str] = ("", "")
    acked: float | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """One answered reading call: its label, and what of the requests it showed.

    `must_show` are ids acknowledged before it began that its rows have no excuse to leave out.
    """

    kind: str
    way: str
    began: float
    cursor: Position | None
    versions: dict[int, int] = field(default_factory=dict)
    must_show: tuple[int, ...] = ()
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """One event that a listener got."""

    seq: int
    at: float
    request_id: int
    version: int
    event: str
    instance: str = ""


@dataclass(slots=True)
class Session:
    """One connection of a listener, from its subscription to its end."""

    since: float
    until: float = math.inf
    code: int = 0


@dataclass(slots=True)
class Ear:
    """Everything one listener heard, over all of its connections."""

    name: str
    start: Position | None = None
    heard: list[Heard] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def last_seq(self) -> int:
        """The newest event it has."""
        return self.heard[-1].seq if self.heard else self.start.seq if self.start else 0


@dataclass(frozen=True, slots=True)
class Status:
    """What one node said of all of them."""

    at: float
    said_by: str
    leader: str | None
    term: int
    states: dict[str, str]
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of the event log, as `GET /api/events` tells it."""

    seq: int
    request_id: int
    version: int
    event: str
    instance: str = ""
    actor: str = ""


@dataclass(slots=True)
class Journal:
    """All of it."""

    total_before: int | None = None
    calls: list[Call] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    ears: list[Ear] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """A request as a list shows it when all is over."""

    request_id: int
    version: int
    marker: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Aftermath:
    """What the service holds when all is over: its requests, and its log since the scenario began."""

    start: Position = NOWHERE
    rows: list[Row] = field(default_factory=list)
    log: list[Logged] = field(default_factory=list)
