"""The one permission table: who may do what, for list, object, bulk, socket, admin and export.

A row is a permission, a column a kind of caller. Each app declares its rows beside its code with
``declare``; nobody decides anywhere else. The order of an answer is always the same: 401 without
a good credential, 404 outside the caller's properties, then 403 (contract, section 2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cluster.answers.problems import AuthenticationRequired, NotFound, PermissionDenied
from security.audit.origin import refusing
from security.caller import Caller, CallerKind
from security.models import Role


class Grant(StrEnum):
    """A cell of the table. OWN is decided by the room that knows what owning means."""

    NO = "no"
    OWN = "own"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Row:
    """Who may do one thing.

    ``scope`` is what an Api-Key must carry for it: None means never, "" that any key will do.
    """

    anonymous: Grant = Grant.NO
    guest: Grant = Grant.NO
    scope: str | None = None
    department: Grant = Grant.NO
    front_desk: Grant = Grant.NO
    manager: Grant = Grant.NO
    superuser: Grant = Grant.YES


_table: dict[str, Row] = {}


def declare(rows: Mapping[str, Row]) -> None:
    """Add rows to the table; a permission is declared once."""
    again = _table.keys() & rows.keys()
    if again:
        raise ValueError(f"declared twice: {', '.join(sorted(again))}")
    _table.update(rows)


def declared() -> Iterator[tuple[str, Row]]:
    """Yield the whole table, for the matrix test and the documentation."""
    yield from sorted(_table.items())


def grant(caller: Caller, permission: str, property_id: int) -> Grant:
    """Return the cell for ``caller`` in that property; NO for a property closed to them."""
    row = _table[permission]
    if not caller.is_known:
        return row.anonymous
    if not caller.may_enter(property_id):
        return Grant.NO
    if caller.is_above:
        return row.superuser
    return _for_kind(caller, row, property_id)


def require(caller: Caller, permission: str, property_id: int) -> Grant:
    """Return the cell, or raise the refusal the contract asks for.

    Raises AuthenticationRequired (401), NotFound (404) or PermissionDenied (403), in that order.
    """
    cell = grant(caller, permission, property_id)
    if cell is not Grant.NO:
        return cell
    if not caller.is_known:
        raise AuthenticationRequired
    refusing(permission)
    if not caller.may_enter(property_id):
        raise NotFound
    raise PermissionDenied


def require_anywhere(caller: Caller, permission: str) -> frozenset[int] | None:
    """Return the properties where the caller may do this, None for all; refuse one who may in none."""
    if not caller.is_known and _table[permission].anonymous is Grant.NO:
        raise AuthenticationRequired
    permitted = permitted_properties(caller, permission)
    if caller.is_known and permitted == frozenset():
        refusing(permission)
        raise PermissionDenied
    return permitted


def permitted_properties(caller: Caller, permission: str) -> frozenset[int] | None:
    """Return the properties where the caller may do this (OWN included), or None for all."""
    if caller.sees_everything:
        return None if _table[permission].superuser is not Grant.NO else frozenset()
    return frozenset(pk for pk in caller.slugs if grant(caller, permission, pk) is not Grant.NO)


def _for_kind(caller: Caller, row: Row, property_id: int) -> Grant:
    if caller.kind is CallerKind.GUEST:
        return row.guest
    if caller.kind is CallerKind.API_KEY:
        return Grant.YES if row.scope == "" or row.scope in caller.scopes else Grant.NO
    role = caller.role_in(property_id)
    if role is None:
        return Grant.NO
    if role is Role.MANAGER:
        return row.manager
    return row.front_desk if role is Role.FRONT_DESK else row.department
