"""Which property a call means: ``propertyId`` is a slug or an id, and may be left out by most callers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db.models import Q

from cluster.answers.problems import Invalid, NotFound
from security import permissions
from security.audit.origin import refusing
from security.caller import Caller
from security.models import Property

FIELD = "propertyId"
ALIASES = {"tenantId": "property_id", "tenant_id": "property_id"}
"""For shapes with a ``property_id``: what old clients call it."""

SLUG = re.compile(r"[-A-Za-z0-9_]{1,50}")
LARGEST_ID = 2**63 - 1


def property_named(caller: Caller, name: object) -> int:
    """Return the id of the property a caller names. Raises Invalid, or NotFound when it is not open to them.

    Nobody in particular may name any active property: what they may do there is another question.
    """
    word = _word(name)
    if caller.is_known and not caller.sees_everything:
        found = _among(caller, word)
    else:
        found = _in_the_house(word, active_only=not caller.is_known)
    if found is None:
        refusing("property")
        raise NotFound("There is no such property.")
    return found


def within(caller: Caller, name: object) -> Caller:
    """Return a known caller narrowed to the property they name. Raises as ``property_named``."""
    place = property_named(caller, name)
    slug = caller.slugs.get(place) or Property.objects.values_list("slug", flat=True).get(pk=place)
    return caller.within(place, slug)


def named_in(*places: object) -> object:
    """Return how a body or a query names the property, if one of them does; the first counts."""
    for said in places:
        if isinstance(said, Mapping):
            for name in (FIELD, "property_id", *ALIASES):
                if said.get(name) not in (None, ""):
                    return said[name]
    return None


def property_for(caller: Caller, permission: str, name: object = None) -> int:
    """Return the property a write is for: the one named, else the only one the caller may do it in."""
    if not caller.is_known:
        permissions.require_anywhere(caller, permission)
    if name is not None and name != "":
        named = property_named(caller, name)
        permissions.require(caller, permission, named)
        return named
    permissions.require_anywhere(caller, permission)
    return _only_one(permissions.permitted_properties(caller, permission) if caller.is_known else None)


def _only_one(candidates: frozenset[int] | None) -> int:
    if candidates is None:
        candidates = frozenset(Property.objects.filter(is_active=True).values_list("pk", flat=True)[:2])
    if len(candidates) != 1:
        raise Invalid.field(FIELD, "Say which property: there are several.", "required")
    return next(iter(candidates))


def _word(name: object) -> str:
    if isinstance(name, bool) or not isinstance(name, str | int) or not SLUG.fullmatch(str(name).strip()):
        raise Invalid.field(FIELD, "Send a property's slug or id.", "invalid")
    return str(name).strip()


def _among(caller: Caller, word: str) -> int | None:
    by_slug = next((pk for pk, slug in caller.slugs.items() if slug == word), None)
    return by_slug or next((pk for pk in caller.slugs if str(pk) == word), None)


def _in_the_house(word: str, *, active_only: bool) -> int | None:
    named = Q(slug=word)
    if word.isascii() and word.isdigit() and int(word) <= LARGEST_ID:
        named |= Q(pk=int(word))
    places = Property.objects.filter(named, **({"is_active": True} if active_only else {}))
    # A slug may look like another property's id; the slug is what people type.
    ranked = sorted(places.values_list("slug", "pk"), key=lambda place: place[0] != word)
    return ranked[0][1] if ranked else None
