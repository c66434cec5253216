"""Who is asking. One answer for every door: API, admin, page, socket and shell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from security.models import Role

NOTHING: Mapping[int, str] = MappingProxyType({})


class CallerKind(StrEnum):
    """What kind of somebody; staff covers superusers, system is the service itself."""

    ANONYMOUS = "anonymous"
    GUEST = "guest"
    API_KEY = "api-key"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Caller:
    """One somebody, as the permission table sees them.

    ``roles`` and ``slugs`` map the ids of the properties they belong to; a superuser belongs to
    none and may enter all. ``stay_id`` is set for a guest, ``scopes`` for an Api-Key.
    ``session`` is the reference of the session they came by.
    ``rate_limit`` is an Api-Key's own, ``good_until`` is when their credential ends by itself;
    ``is_narrowed`` says that the call itself named one property, so that the others do not exist for it.
    """

    kind: CallerKind
    user_id: int | None = None
    username: str = ""
    display_name: str = ""
    is_superuser: bool = False
    roles: Mapping[int, str] = field(default_factory=lambda: NOTHING)
    slugs: Mapping[int, str] = field(default_factory=lambda: NOTHING)
    scopes: frozenset[str] = frozenset()
    credential_id: int | None = None
    stay_id: int | None = None
    language: str = ""
    good_until: datetime | None = None
    is_narrowed: bool = False
    session: str = ""
    rate_limit: int | None = None

    @property
    def is_known(self) -> bool:
        """Say whether a good credential was shown."""
        return self.kind is not CallerKind.ANONYMOUS

    @property
    def is_guest(self) -> bool:
        """Say whether this is the guest of a stay."""
        return self.kind is CallerKind.GUEST

    @property
    def is_above(self) -> bool:
        """Say whether they stand above all properties: superusers and the service itself."""
        return self.is_superuser or self.kind is CallerKind.SYSTEM

    @property
    def sees_everything(self) -> bool:
        """Say whether no property is closed to them."""
        return self.is_above and not self.is_narrowed

    def within(self, property_id: int, slug: str) -> Caller:
        """Return the same somebody with that property open and no other."""
        roles = {property_id: self.roles[property_id]} if property_id in self.roles else {}
        return replace(self, slugs={property_id: slug}, roles=roles, is_narrowed=True)

    def property_ids(self) -> frozenset[int] | None:
        """Return the properties open to them, or None for all."""
        return None if self.sees_everything else frozenset(self.slugs)

    def may_enter(self, property_id: int) -> bool:
        """Say whether the property exists for them at all; if not, everything in it is a 404."""
        return self.sees_everything or property_id in self.slugs

    def role_in(self, property_id: int) -> Role | None:
        """Return their role there, if they have one."""
        role = self.roles.get(property_id)
        return Role(role) if role else None

    def identity(self) -> str:
        """Return the stable name limits, idempotency and sockets count them by."""
        if self.kind is CallerKind.STAFF:
            return f"user:{self.user_id}"
        if self.kind is CallerKind.GUEST:
            return f"stay:{self.stay_id}"
        return f"key:{self.credential_id}" if self.kind is CallerKind.API_KEY else self.kind.value

    def as_actor(self) -> dict[str, object]:
        """Return how the log and the history name them."""
        actor: dict[str, object] = {"kind": self.kind.value}
        if self.username:
            actor |= {"username": self.username, "displayName": self.display_name}
        return actor


ANONYMOUS = Caller(kind=CallerKind.ANONYMOUS)
SYSTEM = Caller(kind=CallerKind.SYSTEM)
