"""Writing acts that have no event of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from cluster.context import current_request_id
from cluster.streams import unit_of_work
from security.audit.chain import DOORS
from security.audit.digests import pared
from security.audit.origin import current_origin
from security.caller import Caller, CallerKind


@dataclass(frozen=True, slots=True)
class Act:
    """One act, pared already: nothing personal is carried about."""

    action: str
    actor_kind: str
    actor: str
    property_id: int | None
    target: str
    door: str
    address: str
    request_id: str
    at: datetime
    before: str = ""
    after: str = ""
    count: int = 1


def record(
    action: str,
    *,
    by: Caller,
    property: int | None = None,  # noqa: A002
    target: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write an act with the unit of work it belongs to, or in one of its own.

    ``action`` is ``kind:what``; ``target`` names a thing by its id and is kept as it is. Texts among
    ``before`` and ``after`` are kept as digests, unless ``keep_plain`` allows the field for that kind.
    """
    origin = current_origin()
    act = Act(
        action=action,
        actor_kind=by.kind.value,
        actor=name_of(by),
        property_id=property,
        target=target[:200],
        door=origin.door,
        address=origin.address(),
        request_id=current_request_id(),
        at=timezone.now(),
        before=pared(action, before),
        after=pared(action, after),
    )
    # Somebody else's transaction may be open, as in Django's own forms: then the entry is part of it.
    with unit_of_work(durable=not connection.in_atomic_block) as work:
        work.note(DOORS if property is None else property, act)


def name_of(caller: Caller) -> str:
    """Return how the book names somebody: a username, or what holds the credential."""
    if caller.kind in (CallerKind.ANONYMOUS, CallerKind.SYSTEM):
        return ""
    return caller.username or caller.identity()


def only_property(caller: Caller) -> int | None:
    """Return the one property a caller belongs to, if it is one."""
    return next(iter(caller.slugs)) if len(caller.slugs) == 1 else None
