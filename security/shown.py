"""What the API says about people and callers."""

from __future__ import annotations

from security import permissions
from security.caller import Caller
from security.models import Membership
from security.permissions import Grant
from security.sessions import Opened

EVERYWHERE = "*"


def login(caller: Caller) -> dict[str, object]:
    """Return the ``user`` of a login's answer."""
    return {
        "username": caller.username,
        "displayName": caller.display_name,
        "isSuperuser": caller.is_superuser,
        "language": caller.language,
        "properties": _properties(caller),
    }


def me(caller: Caller) -> dict[str, object]:
    """Return who a caller is and what they may do where; ``*`` stands for every property."""
    return {
        "kind": caller.kind.value,
        **login(caller),
        "stayId": caller.stay_id,
        "scopes": sorted(caller.scopes),
        "permissions": _permissions(caller),
    }


def opened(what: Opened) -> dict[str, object]:
    """Return one browser or token of a person."""
    return {
        "id": what.id,
        "kind": what.kind,
        "beganAt": what.began_at,
        "seenAt": what.seen_at,
        "expiresAt": what.expires_at,
        "address": what.address,
        "agent": what.agent,
        "isThis": what.is_this,
    }


def member(membership: Membership) -> dict[str, object]:
    """Return one member as their manager sees them."""
    user = membership.user
    return {
        "username": user.username,
        "displayName": user.shown_as(),
        "language": user.language,
        "role": membership.role,
        "isActive": membership.is_active and user.is_active,
        "propertyId": membership.property.slug,
        "createdAt": membership.created_at,
    }


def _properties(caller: Caller) -> list[dict[str, object]]:
    ordered = sorted(caller.slugs.items(), key=lambda place: place[1])
    return [{"propertyId": slug, "role": caller.roles.get(pk)} for pk, slug in ordered]


def _permissions(caller: Caller) -> dict[str, dict[str, str]]:
    places = {0: EVERYWHERE} if caller.sees_everything else dict(caller.slugs)
    return {slug: _granted(caller, pk) for pk, slug in sorted(places.items(), key=lambda place: place[1])}


def _granted(caller: Caller, property_id: int) -> dict[str, str]:
    cells = {name: permissions.grant(caller, name, property_id) for name, _ in permissions.declared()}
    return {name: cell.value for name, cell in cells.items() if cell is not Grant.NO}
