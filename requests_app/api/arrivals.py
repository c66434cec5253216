"""Who may open a request, and in which property: strangers too, where a house lets them."""

from __future__ import annotations

from cluster.answers.problems import AuthenticationRequired, Invalid
from requests_app.models import HouseRules
from requests_app.permissions import CREATE
from security import permissions, selection
from security.caller import Caller
from security.models import Property


def check(caller: Caller) -> None:
    """Refuse a caller who may open a request nowhere."""
    if caller.is_known:
        permissions.require_anywhere(caller, CREATE)
    else:
        _open_to_strangers()


def property_for(caller: Caller, named: object) -> int:
    """Return the property a new request is for.

    A stranger learns of no property but those that let strangers in: any other is a 401.
    """
    if caller.is_known:
        return selection.property_for(caller, CREATE, named)
    houses = _open_to_strangers()
    if named is not None:
        return _named(houses, str(named))
    if Property.objects.filter(is_active=True)[:2].count() > 1:
        raise Invalid.field(selection.FIELD, "Say which property: there are several.", "required")
    return next(iter(houses))


def _open_to_strangers() -> dict[int, str]:
    rules = HouseRules.objects.filter(allow_anonymous=True, property__is_active=True)
    houses = dict(rules.values_list("property_id", "property__slug"))
    if not houses:
        raise AuthenticationRequired
    return houses


def _named(houses: dict[int, str], name: str) -> int:
    for pk, slug in houses.items():
        if name in (slug, str(pk)):
            return pk
    raise AuthenticationRequired
