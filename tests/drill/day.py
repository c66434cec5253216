"""A good day as a journal tells it: two writers, two listeners, a reader, a watcher; nothing is wrong."""

from __future__ import annotations

from dataclasses import replace

from requests_app.drill.journal import (
    Aftermath,
    Call,
    Ear,
    Heard,
    Journal,
    Logged,
    Position,
    Read,
    Row,
    Session,
    Status,
    Write,
)

EPOCH, START, MADE = "e1", 10, 5


def good_day() -> tuple[Journal, Aftermath]:
    """Five requests made, a second apart, each edited half a second later; ten events, 11 to 20."""
    journal = Journal(total_before=100)
    after = Aftermath(Position(EPOCH, START))
    for number in range(1, MADE + 1):
        _made(journal, after, number, at=float(number))
    for name in ("one", "two"):
        heard = [Heard(it.seq, _time(it.seq), it.request_id, it.version, it.event) for it in after.log]
        journal.ears.append(Ear(name, Position(EPOCH, START), heard, [Session(0.0)]))
    journal.statuses = [Status(at / 4, "web-1", "web-1", 1, _all_up()) for at in range(40)]
    return journal, after


def _made(journal: Journal, after: Aftermath, number: int, at: float) -> None:
    marker, seq = f"Drill {number}", START + 2 * number
    made = Write("create", marker, request_id=number, version=1, acked=at, calls=1)
    edited = Write("edit", marker, "key", 1, number, 2, ("description", "new"), at + 0.5)
    journal.writes += [made, edited]
    journal.calls += [Call(at - 0.1, at, "balancer", "ok"), Call(at + 0.4, at + 0.5, "balancer", "ok")]
    after.log += [
        Logged(seq - 1, number, 1, "request:created", "web-1", "staff"),
        Logged(seq, number, 2, "request:updated", "web-1", "staff"),
    ]
    after.rows.append(Row(number, 2, marker, {"description": "new", "status": "pending"}))
    journal.reads += [
        Read("detail", "web-1", at + 0.6, Position(EPOCH, seq), {number: 2}, (number,)),
        Read("statistics", "web-1", at + 0.6, Position(EPOCH, seq), total=100 + number),
    ]


def _time(seq: int) -> float:
    """When an event came: 20 ms after its write was acknowledged."""
    return 1 + (seq - START - 1) * 0.5 + 0.02


def _all_up() -> dict[str, str]:
    return {"web-1": "up", "web-2": "up"}


def reread(journal: Journal, place: int, **other: object) -> None:
    """Let one read have shown something else."""
    journal.reads[place] = replace(journal.reads[place], **other)  # type: ignore[arg-type]
