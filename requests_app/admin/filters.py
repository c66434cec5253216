"""The filters beside the list: each says its part of the ``Criteria`` the API's list takes too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from requests_app.admin.places import colleague_choices, places_of, service_choices, zone_of
from requests_app.lifecycle import OPEN, PRIORITY_BY_WORD, URGENCY_BY_WORD, Priority, Status, Urgency
from requests_app.models import GuestRequest

Part = Mapping[str, Any]
NOTHING: Part = {}
IN_HAND = "open"
DAYS = {"today": 0, "week": 6, "month": 29}


def highest_first(ranks: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the words of a scale with their ranks, the highest first."""
    return sorted(ranks.items(), key=lambda item: -item[1])


class CriteriaFilter(admin.SimpleListFilter):
    """A filter that names criteria and leaves the rows to ``queries.criteria``."""

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.request = request
        super().__init__(request, params, model, model_admin)

    def part(self) -> Part:
        """Return the criteria of the chosen value. Raises IncorrectLookupParameters for one not offered."""
        value = self.value()
        if value is None:
            return NOTHING
        if value not in {choice for choice, _title in self.lookup_choices}:
            raise IncorrectLookupParameters
        return self.criteria(str(value))

    def criteria(self, value: str) -> Part:
        """Return the criteria ``value`` stands for."""
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet[GuestRequest]) -> QuerySet[GuestRequest]:
        """Leave the rows alone."""
        return queryset


class StatusFilter(CriteriaFilter):
    """One status, or all that are not over."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Offer the statuses."""
        return [(IN_HAND, _("Open")), *Status.choices]

    def criteria(self, value: str) -> Part:
        """Return the statuses."""
        return {"statuses": tuple(sorted(OPEN)) if value == IN_HAND else (value,)}


class ServiceFilter(CriteriaFilter):
    """One service of the catalogue."""

    title = _("service")
    parameter_name = "service"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Offer the services of the person's properties."""
        return service_choices(places_of(request))

    def criteria(self, value: str) -> Part:
        """Return the service."""
        return {"service_types": (value,)}


class PriorityFilter(CriteriaFilter):
    """One priority."""

    title = _("priority")
    parameter_name = "priority"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Offer the priorities, the highest first."""
        return [(word, Priority(rank).label) for word, rank in highest_first(PRIORITY_BY_WORD)]

    def criteria(self, value: str) -> Part:
        """Return the priority."""
        return {"priorities": (PRIORITY_BY_WORD[value],)}


class UrgencyFilter(CriteriaFilter):
    """One urgency."""

    title = _("urgency")
    parameter_name = "urgency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Offer the urgencies, the highest first."""
        return [(word, Urgency(rank).label) for word, rank in highest_first(URGENCY_BY_WORD)]

    def criteria(self, value: str) -> Part:
        """Return the urgency."""
        return {"urgencies": (URGENCY_BY_WORD[value],)}


class AssigneeFilter(CriteriaFilter):
    """Mine, nobody's, or a colleague's."""

    title = _("assignee")
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Offer oneself, nobody, and the colleagues."""
        return [("me", _("Me")), ("none", _("Nobody")), *colleague_choices(places_of(request))]

    def criteria(self, value: str) -> Part:
        """Return the assignee."""
        return {"assigned_to": value}


class AttentionFilter(CriteriaFilter):
    """What should be looked at first."""

    title = _("attention")
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Offer overdue and pressing."""
        return [("overdue", _("Overdue")), ("pressing", _("Pressing"))]

    def criteria(self, value: str) -> Part:
        """Return the condition."""
        return {"overdue": True} if value == "overdue" else {"pressing": True}


class CreatedFilter(CriteriaFilter):
    """How long ago it came, in days of the property."""

    title = _("created")
    parameter_name = "created"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Offer today, a week, a month."""
        return [("today", _("Today")), ("week", _("Past 7 days")), ("month", _("Past 30 days"))]

    def criteria(self, value: str) -> Part:
        """Return the first day."""
        today = timezone.localdate(timezone=zone_of(self.request))
        return {"start": today - timedelta(days=DAYS[value])}


class PropertyFilter(CriteriaFilter):
    """One of the person's properties; only for those who have several."""

    title = _("property")
    parameter_name = "property"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Offer the properties."""
        places = places_of(request)
        return [(place.slug, place.name) for place in places] if len(places) > 1 else []

    def criteria(self, value: str) -> Part:
        """Return nothing: the wall, not the criteria, says which properties."""
        return NOTHING

    def property_id(self) -> int | None:
        """Return the chosen property, None for all of them."""
        return next((place.pk for place in places_of(self.request) if place.slug == self.value()), None)


FILTERS = (
    StatusFilter,
    AttentionFilter,
    AssigneeFilter,
    ServiceFilter,
    PriorityFilter,
    UrgencyFilter,
    CreatedFilter,
    PropertyFilter,
)
