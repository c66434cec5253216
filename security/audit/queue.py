"""Refusals and failures: counted in memory, written in batches, never waited for.

Alike ones (same act, somebody, address, door, object) are folded into one entry with a count, so
a flood of refused calls is one row each half second. There is room for a thousand different ones;
what finds none is counted, and the count is written. With the database away they wait.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import replace

from django.db import close_old_connections, connection
from django.utils import timezone

from cluster.context import current_request_id
from cluster.streams import unit_of_work
from security.audit.book import Act, name_of, only_property
from security.audit.chain import DOORS
from security.audit.digests import digest_of, pared
from security.audit.origin import Origin, current_origin
from security.caller import Caller
from security.metrics import AUDIT_LOST
from security.models import User

logger = logging.getLogger("bellhop.security")

MOST = 1_000
LOST = "audit:lost"
TYPED = "typed:"

Key = tuple[object, ...]

_lock = threading.Lock()
_flushing = threading.Lock()
_waiting: dict[Key, Act] = {}
_lost = 0


def happened(
    action: str,
    *,
    target: str = "",
    typed: str = "",
    by: Caller | None = None,
    property: int | None = None,  # noqa: A002
    after: Mapping[str, object] | None = None,
    origin: Origin | None = None,
) -> None:
    """Have an act written soon; it costs no trip, and can not fail.

    ``typed`` is a username somebody tried: it is written as it is only where a person has it, for people
    type their passwords there.
    """
    origin = origin or current_origin()
    caller = by or origin.caller()
    act = Act(
        action=action,
        actor_kind=caller.kind.value,
        actor=f"{TYPED}{typed[:200]}" if typed else name_of(caller),
        property_id=only_property(caller) if property is None else property,
        target=target[:200],
        door=origin.door,
        address=origin.address(),
        request_id=current_request_id(),
        at=timezone.now(),
        after=pared(action, after),
    )
    _keep({_key(act): act})


def flush() -> int:
    """Write what waits, in one unit of work; return how many entries. It waits on when that fails."""
    global _lost  # noqa: PLW0603
    with _flushing:
        with _lock:
            taken, lost = dict(_waiting), _lost
            _waiting.clear()
            _lost = 0
        if not taken and not lost:
            return 0
        acts = list(taken.values())
        try:
            _write([*acts, *([_loss(lost, acts)] if lost else [])])
        except Exception as problem:  # noqa: BLE001 - whatever it is, the acts must not be forgotten
            logger.warning("audit.not_written", extra={"problem": type(problem).__name__, "acts": len(acts)})
            with _lock:
                _lost += lost
            _keep(taken)
            return 0
    return len(acts)


def flush_soon() -> None:
    """Write what waits in a thread of its own: a node's turn does not wait for it."""
    if (_waiting or _lost) and not _flushing.locked():
        threading.Thread(target=_flush_apart, name="audit", daemon=True).start()


def _flush_apart() -> None:
    close_old_connections()
    try:
        flush()
    finally:
        connection.close()


def _keep(acts: Mapping[Key, Act]) -> None:
    global _lost  # noqa: PLW0603
    with _lock:
        for key, act in acts.items():
            known = _waiting.get(key)
            if known is not None:
                _waiting[key] = replace(known, count=known.count + act.count)
            elif len(_waiting) < MOST:
                _waiting[key] = act
            else:
                _lost += act.count
                AUDIT_LOST.inc(act.count)


def _key(act: Act) -> Key:
    return (
        act.action,
        act.actor_kind,
        act.actor,
        act.property_id,
        act.target,
        act.door,
        act.address,
        act.after,
    )


def _write(acts: list[Act]) -> None:
    with unit_of_work(durable=not connection.in_atomic_block) as work:
        known = _known([act.actor.removeprefix(TYPED) for act in acts if act.actor.startswith(TYPED)])
        for act in acts:
            work.note(DOORS, _named(act, known))


def _known(names: list[str]) -> frozenset[str]:
    if not names:
        return frozenset()
    return frozenset(User.objects.filter(username__in=names).values_list("username", flat=True))


def _named(act: Act, known: frozenset[str]) -> Act:
    if not act.actor.startswith(TYPED):
        return act
    typed = act.actor.removeprefix(TYPED)
    return replace(act, actor=typed if typed in known else digest_of(typed))


def _loss(lost: int, acts: list[Act]) -> Act:
    at = acts[0].at if acts else timezone.now()
    return Act(LOST, "system", "", None, "", "job", "", "", at, count=lost)
