"""What a person can choose from: properties, services, colleagues; and by whose clock they read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app.models import ServiceType
from requests_app.queries import catalogue
from security.authentication import caller_of
from security.models import Membership, Property

MOST = 200
KNOWN = "_places_of_the_person"

Choices = list[tuple[str, str]]


def places_of(request: HttpRequest) -> list[Property]:
    """Return the person's properties, asked once a request."""
    known: list[Property] | None = getattr(request, KNOWN, None)
    if known is None:
        known = list(catalogue.properties(caller_of(request))[:MOST])
        setattr(request, KNOWN, known)
    return known


def zone_of(request: HttpRequest) -> tzinfo:
    """Return the clock of the person's only property; with several, the service's own."""
    places = places_of(request)
    return ZoneInfo(places[0].timezone) if len(places) == 1 else timezone.get_default_timezone()


def nothing_there(site: ModelAdmin[Any], request: HttpRequest, object_id: str) -> HttpResponse:
    """Answer for a row that does not exist on this side of the wall, as Django's admin does."""
    words = _("%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?")
    messages.warning(request, words % {"name": site.opts.verbose_name, "key": object_id})
    return HttpResponseRedirect(reverse("admin:index"))


def service_choices(places: Iterable[Property]) -> Choices:
    """Return the services of the properties, each code once, named in the reader's language."""
    language = get_language() or ""
    rows = ServiceType.objects.filter(property__in=list(places), is_active=True)
    return list({row.code: row.name_in(language) for row in rows.order_by("position", "code")}.items())


def colleague_choices(places: Iterable[Property]) -> Choices:
    """Return the active members of the properties by username, as they are called, with their role."""
    members = Membership.objects.filter(
        property__in=list(places), is_active=True, user__is_active=True
    ).select_related("user", "duty")
    return list({row.user.username: _called(row) for row in members.order_by("user__username")}.items())


def _called(member: Membership) -> str:
    on_duty = hasattr(member, "duty") and member.duty.on_duty
    return f"{'●' if on_duty else '○'} {member.user.shown_as()} · {member.get_role_display()}"
