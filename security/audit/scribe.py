"""Entries from what a unit of work emitted and noted, written under the heads it locked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cluster import identity
from cluster.context import current_request_id
from cluster.models import CONTROL_STREAM, StreamHead
from cluster.statements import Statement, batched, insert
from cluster.streams import Emission, Note
from security.audit.book import Act, name_of
from security.audit.chain import Tip, link
from security.audit.digests import pared
from security.audit.origin import Origin, current_origin
from security.caller import CallerKind
from security.models import AuditEntry

ROWS_AT_ONCE = 50
LONGEST_TARGET = 200
NAMES = ("name", "source", "command", "leader")
"""What events of the service are about: a flag, a source, an order, a node."""


def write(
    heads: Mapping[int, StreamHead], emissions: Sequence[Emission], notes: Sequence[Note]
) -> Iterator[Statement]:
    """Move the tips and return the rows, in the order things were said."""
    if not emissions and not notes:
        return
    entries = list(_entries(emissions, notes))
    for entry in entries:
        head = heads[entry.chain]
        head.tip = str(link(entry, Tip.read(head.tip)))
    for rows in batched(entries, ROWS_AT_ONCE):
        yield insert(rows)


def _entries(emissions: Sequence[Emission], notes: Sequence[Note]) -> Iterator[AuditEntry]:
    if emissions:
        origin, name = current_origin(), current_request_id()
        for emission in emissions:
            yield _of_emission(emission, origin, name)
    for note in notes:
        if isinstance(note.what, Act):
            yield _of_act(note.stream, note.what)


def _of_emission(emission: Emission, origin: Origin, request_id: str) -> AuditEntry:
    kind, actor = _who(emission.actor, origin)
    before, after = _halves(emission.change)
    own = emission.change.get("propertyId")
    return AuditEntry(
        chain=emission.stream,
        at=emission.at,
        node=identity.instance_id(),
        action=emission.name,
        actor_kind=kind,
        actor=actor,
        property_id=emission.stream if emission.stream > 0 else own if isinstance(own, int) else None,
        target=_target(emission),
        door=origin.door,
        address=origin.address(),
        request_id=request_id,
        before=pared(emission.name, before),
        after=pared(emission.name, after),
    )


def _of_act(chain: int, act: Act) -> AuditEntry:
    return AuditEntry(
        chain=chain,
        at=act.at,
        node=identity.instance_id(),
        action=act.action,
        actor_kind=act.actor_kind,
        actor=act.actor,
        property_id=act.property_id,
        target=act.target,
        door=act.door,
        address=act.address,
        request_id=act.request_id,
        before=act.before,
        after=act.after,
        count=act.count,
    )


def _who(actor: Mapping[str, object], origin: Origin) -> tuple[str, str]:
    """Return kind and name: an event names people by username only, the call knows the others."""
    kind = str(actor.get("kind") or "")
    if username := actor.get("username"):
        return kind or CallerKind.STAFF.value, str(username)
    caller = origin.caller()
    if caller.is_known and kind in ("", caller.kind.value):
        return caller.kind.value, name_of(caller)
    return kind or CallerKind.SYSTEM.value, "" if kind else str(actor.get("displayName") or "")[:200]


def _halves(change: Mapping[str, object]) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Return what was and what is; notes and reasons stand beside what is."""
    before = change.get("from") or change.get("before")
    rest = {name: value for name, value in change.items() if name not in ("actor", "from", "to", "before")}
    after = change.get("to")
    if isinstance(after, Mapping):
        rest |= after
    elif after is not None:
        rest["to"] = after
    return before if isinstance(before, Mapping) else {}, rest


def _target(emission: Emission) -> str:
    if emission.stream == CONTROL_STREAM:
        named = (emission.change.get(name) for name in NAMES)
        return next((str(name)[:LONGEST_TARGET] for name in named if name), "")
    if not emission.subjects:
        return ""
    text = f"{emission.name.partition(':')[0]}:{','.join(map(str, emission.subjects))}"
    return text if len(text) <= LONGEST_TARGET else f"{text[: LONGEST_TARGET - 1]}…"
