"""The form for a new request."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cluster.answers.problems import IdempotencyConflict, Problem
from requests_app import actions
from requests_app.actions import NewRequest
from requests_app.actions.create import DEFAULT_SERVICE
from requests_app.admin.fields import RequestForm
from requests_app.admin.places import colleague_choices, places_of, service_choices, zone_of
from requests_app.form_keys import new_form_key, send_once
from requests_app.forms import offer, tell
from requests_app.permissions import CREATE
from security import permissions
from security.authentication import caller_of
from security.models import Property
from security.permissions import Grant

PAGE = "admin/requests_app/guestrequest/add_form.html"


class NewForm(RequestForm):
    """A new request, in one of the person's properties."""

    property = forms.ChoiceField(label=gettext_lazy("Property"))

    layout = (("property",), *RequestForm.layout)

    def __init__(self, *given: Any, places: list[Property], **options: Any) -> None:
        services, colleagues = service_choices(places), colleague_choices(places)
        super().__init__(*given, services=services, colleagues=colleagues, **options)
        offer(self, "assignee", [("", _("Whose turn it is")), *colleagues])
        offer(self, "property", [(str(place.pk), place.name) for place in places])
        if len(places) == 1:
            self.fields["property"].widget = forms.HiddenInput()
            self.fields["property"].initial = str(places[0].pk)

    def new(self) -> NewRequest:
        """Return the request as ``actions.create`` takes it."""
        said = {
            name: value for name, value in self.cleaned_data.items() if name not in ("property", "assignee")
        }
        return NewRequest(**said, assigned_to=self.cleaned_data["assignee"] or None)


def view(site: ModelAdmin[Any], request: HttpRequest) -> HttpResponse:
    """Answer with the form, or open the request and show it."""
    if not site.has_add_permission(request):
        raise PermissionDenied
    with timezone.override(zone_of(request)):
        places = [place for place in places_of(request) if _may_create(request, place)]
        form = NewForm(request.POST or None, places=places, initial={"service_type": DEFAULT_SERVICE})
        if request.method == "POST" and form.is_valid() and (made := _open(request, form)):
            return made
        return _page(site, request, form).render()


def _open(request: HttpRequest, form: NewForm) -> HttpResponse | None:
    caller = caller_of(request)
    home = reverse("admin:requests_app_guestrequest_changelist")
    property_id = int(form.cleaned_data["property"])
    made: list[int] = []

    def do() -> int:
        made.append(actions.create(by=caller, property_id=property_id, new=form.new()).pk)
        return made[0]

    try:
        send_once(request, caller, do)
    except IdempotencyConflict:
        form.add_error(None, _("This form was sent before; press the button again to open another request."))
        return None
    except Problem as problem:
        tell(form, problem)
        return None
    messages.success(request, _("The request is open."))
    return HttpResponseRedirect(
        reverse("admin:requests_app_guestrequest_change", args=made) if made else home
    )


def _may_create(request: HttpRequest, place: Property) -> bool:
    return permissions.grant(caller_of(request), CREATE, place.pk) is not Grant.NO


def _page(site: ModelAdmin[Any], request: HttpRequest, form: NewForm) -> TemplateResponse:
    context = {
        **site.admin_site.each_context(request),
        "opts": site.opts,
        "preserved_filters": site.get_preserved_filters(request),
        "title": _("New request"),
        "form": form,
        "form_key": new_form_key(),
    }
    return TemplateResponse(request, PAGE, context)
