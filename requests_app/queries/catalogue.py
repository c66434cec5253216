"""What the properties of a caller are and offer."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from requests_app.furnishing import DEFAULTS
from requests_app.models import ServiceType
from security.caller import Caller
from security.models import Property


def properties(caller: Caller, property_ids: Iterable[int] | None = None) -> QuerySet[Property]:
    """Return the active properties open to ``caller``, narrowed to ``property_ids`` when given."""
    rows = Property.objects.filter(is_active=True).order_by("slug")
    if not caller.sees_everything:
        rows = rows.filter(pk__in=caller.slugs.keys())
    return rows if property_ids is None else rows.filter(pk__in=set(property_ids))


def shown_property(place: Property) -> dict[str, object]:
    """Return a property as the API shows it."""
    return {
        "id": place.pk,
        "propertyId": place.slug,
        "name": place.name,
        "timezone": place.timezone,
        "currency": place.currency,
        "language": place.language,
    }


def services(places: Iterable[Property], language: str) -> list[dict[str, object]]:
    """Return the catalogue of the properties with names in ``language`` (BCP 47)."""
    rows = ServiceType.objects.filter(property__in=list(places), is_active=True).select_related("property")
    return [
        {
            "propertyId": row.property.slug,
            "code": row.code,
            "name": row.name_in(language or row.property.language),
            "names": row.names,
            "department": row.department,
            "minutes": {"low": row.minutes_low, "medium": row.minutes_medium, "high": row.minutes_high},
        }
        for row in rows.order_by("property__slug", "position", "code")
    ]


def unknown_services(codes: Iterable[str], property_ids: Iterable[int] | None) -> list[str]:
    """Return the codes that no catalogue of the properties (None: all) has, or ever had."""
    unsure = set(codes) - {code for code, *_ in DEFAULTS}
    if not unsure:
        return []
    rows = ServiceType.objects.filter(code__in=unsure)
    if property_ids is not None:
        rows = rows.filter(property_id__in=set(property_ids))
    return sorted(unsure - set(rows.values_list("code", flat=True)))
