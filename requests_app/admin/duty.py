"""The button that says: I am at work."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cluster.answers.problems import Problem
from requests_app import actions
from requests_app.models import Duty
from security.authentication import caller_of
from security.selection import property_named


def context(request: HttpRequest) -> dict[str, object]:
    """Return where the person works and whether they are on duty there, for the list's header."""
    caller = caller_of(request)
    if request.method != "GET" or caller.user_id is None or not caller.slugs:
        return {}
    on_duty = set(
        Duty.objects.filter(membership__user_id=caller.user_id, on_duty=True).values_list(
            "membership__property_id", flat=True
        )
    )
    places = [(slug, pk in on_duty) for pk, slug in sorted(caller.slugs.items())]
    return {"duties": places, "several_duties": len(places) > 1}


@require_POST
def view(request: HttpRequest) -> HttpResponse:
    """Put the person on or off duty in one of their properties."""
    caller = caller_of(request)
    on_duty = request.POST.get("on_duty") == "yes"
    try:
        property_id = property_named(caller, request.POST.get("property", ""))
        actions.set_duty(by=caller, property_id=property_id, username=caller.username, on_duty=on_duty)
    except Problem as problem:
        messages.error(request, problem.error)
    else:
        messages.success(request, _("You are on duty now.") if on_duty else _("You are off duty now."))
    return HttpResponseRedirect(reverse("admin:requests_app_guestrequest_changelist"))
