"""Which property a tenant of the old system is, and what a translation needs to know of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from requests_app.importing.rows import Row
from requests_app.importing.translation import Destination, Member
from requests_app.lifecycle import fold
from requests_app.models import ServiceType
from security.models import Membership, Property

UNNAMED = ("id", "subdomain", "name", "hotel_name")


class Places:
    """Finds the destination of a tenant; each property is read once."""

    def __init__(self, *, named: Mapping[str, str], without: str, tenants: Iterable[Row]) -> None:
        """``named`` are slugs by tenant, ``without`` the slug for rows of no tenant, or nothing."""
        self._slugs = dict(named) | {"": without}
        self._aliases = {str(row.values.get("id") or ""): _aliases(row) for row in tenants}
        self._found: dict[str, Destination | None] = {}

    def of(self, tenant: str) -> Destination | None:
        """Return where a tenant's rows go, None where nobody said."""
        if tenant not in self._found:
            self._found[tenant] = self._look(tenant)
        return self._found[tenant]

    def _look(self, tenant: str) -> Destination | None:
        given = self._slugs.get(tenant)
        slugs = [given] if given is not None else [tenant, *self._aliases.get(tenant, ())]
        places = {place.slug: place for place in Property.objects.filter(slug__in=slugs)}
        return next((destination(places[slug]) for slug in slugs if slug in places), None)


def destination(place: Property) -> Destination:
    """Return what a translation needs to know of a property."""
    services = ServiceType.objects.filter(property=place, is_active=True).values_list("code", "department")
    return Destination(
        property_id=place.pk,
        slug=place.slug,
        zone=ZoneInfo(place.timezone),
        currency=place.currency,
        departments=dict(services),
        members=_members(place),
    )


def _members(place: Property) -> Mapping[str, Member]:
    """Return the active members by each name that means just one of them."""
    members = Membership.objects.filter(property=place, is_active=True, user__is_active=True)
    people = [membership.user for membership in members.select_related("user").order_by("user__username")]
    names = [
        (name, user)
        for user in people
        for name in {fold(user.username), fold(user.shown_as()), fold(user.email)}
    ]
    counts = Counter(name for name, _ in names)
    return {name: Member(user.pk, user.username) for name, user in names if name and counts[name] == 1}


def _aliases(row: Row) -> list[str]:
    return [value for column in UNNAMED if (value := (row.values.get(column) or "").strip())]


def services_of(rows: Iterable[Row]) -> Mapping[str, list[str]]:
    """Return what each old service may be known by, the widest word first."""
    columns = ("category", "subcategory", "name")
    return {
        str(row.values.get("id")): [value for column in columns if (value := row.values.get(column))]
        for row in rows
    }
