"""Checking guests in, moving them, checking them out."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cluster.answers.problems import Problem
from requests_app import actions
from requests_app.actions import OpenedStay
from requests_app.admin import forgetting
from requests_app.admin.fields import MINUTES, room_rule
from requests_app.admin.places import nothing_there, places_of, zone_of
from requests_app.forms import offer, tell
from requests_app.models import Stay
from requests_app.permissions import FORGET, STAYS
from security import permissions
from security.admin.walls import WalledAdmin, needs
from security.authentication import caller_of
from security.forms import PlainTextField
from security.models import Property
from security.permissions import Grant

LANGUAGES = (("", "---------"), ("en", "English"), ("vi", "Tiếng Việt"))
FORM = "admin/requests_app/stay/form.html"
OPENED = "admin/requests_app/stay/opened.html"
DEPARTURE = time(12)


class MoveStayForm(forms.Form):
    """Another room, or a later departure."""

    room_number = PlainTextField(label=gettext_lazy("Room"), limit=10, validators=[room_rule])
    check_out = forms.DateTimeField(
        label=gettext_lazy("Check-out"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES),
        input_formats=[MINUTES, "%Y-%m-%dT%H:%M:%S"],
    )


class OpenStayForm(MoveStayForm):
    """A guest who arrives."""

    guest_name = PlainTextField(label=gettext_lazy("Guest"), limit=100, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES, required=False)
    property = forms.ChoiceField(label=gettext_lazy("Property"))

    field_order = ("property", "room_number", "guest_name", "language", "check_out")

    def __init__(self, *given: Any, places: list[Property], **options: Any) -> None:
        super().__init__(*given, **options)
        offer(self, "property", [(str(place.pk), place.name) for place in places])
        if len(places) == 1:
            self.fields["property"].widget = forms.HiddenInput()
            self.fields["property"].initial = str(places[0].pk)


class StayAdmin(WalledAdmin):
    """Open stays. The guest's address is shown once, when the stay is opened."""

    permissions: ClassVar = {"view": STAYS, "add": STAYS, "change": STAYS, "forget": FORGET}
    list_display = (
        "room_number",
        "guest_name",
        "language",
        "opened_at",
        "check_out",
        "checked_out_at",
        "property",
    )
    list_display_links = ("room_number",)
    list_filter = (("checked_out_at", admin.EmptyFieldListFilter),)
    list_select_related = ("property",)
    search_fields = ("room_number", "guest_name")
    list_per_page = 50
    show_full_result_count = False
    actions = ("end", "forget")

    def get_urls(self) -> list[Any]:
        """Add the page that asks before it forgets."""
        page = self.admin_site.admin_view(partial(forgetting.page, self))
        return [path("forget/", page, name="requests_app_stay_forget"), *super().get_urls()]

    @needs("forget")
    @admin.action(description=gettext_lazy("Forget this guest…"))
    def forget(self, request: HttpRequest, queryset: QuerySet[Stay]) -> HttpResponse:
        """Ask first, on a page of its own; there it is done, in small units of work."""
        pks = queryset.order_by("pk").values_list("pk", flat=True)[: self.list_per_page]
        query = urlencode({"stay": list(pks)}, doseq=True)
        return HttpResponseRedirect(f"{reverse('admin:requests_app_stay_forget')}?{query}")

    @needs("change")
    @admin.action(description=gettext_lazy("Check out"))
    def end(self, request: HttpRequest, queryset: QuerySet[Stay]) -> None:
        """Check the ticked guests out; their links die at once."""
        pks = list(queryset.order_by("pk").values_list("pk", flat=True))
        for pk in pks:
            actions.check_out(by=caller_of(request), stay_id=pk)
        messages.success(request, _("%(count)d checked out.") % {"count": len(pks)})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Open a stay and show its address, this once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        with timezone.override(zone_of(request)):
            places = [place for place in places_of(request) if _may_keep(request, place)]
            form = OpenStayForm(request.POST or None, places=places, initial={"check_out": _tomorrow_noon()})
            opened = _open(request, form) if request.method == "POST" and form.is_valid() else None
            return (
                self._opened(request, opened) if opened else self._form(request, form, _("Check a guest in"))
            )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Move the guest, keep them longer, or check them out."""
        row = self.get_object(request, object_id)
        if row is None:
            return nothing_there(self, request, object_id)
        with timezone.override(ZoneInfo(row.property.timezone)):
            initial = {"room_number": row.room_number, "check_out": row.check_out}
            form = MoveStayForm(request.POST or None, initial=initial)
            if request.method == "POST" and _change(request, row, form):
                return HttpResponseRedirect(reverse("admin:requests_app_stay_changelist"))
            return self._form(request, form, _("Room %(room)s") % {"room": row.room_number}, row)

    def _form(
        self, request: HttpRequest, form: forms.Form, title: str, row: Stay | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "form": form,
            "row": row,
        }
        return TemplateResponse(request, FORM, context).render()

    def _opened(self, request: HttpRequest, opened: OpenedStay) -> HttpResponse:
        address = request.build_absolute_uri(reverse("guest-arrival", args=[opened.token]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Room %(room)s is checked in") % {"room": opened.stay.room_number},
            "address": address,
            "stay": opened.stay,
        }
        return TemplateResponse(request, OPENED, context).render()


def _open(request: HttpRequest, form: OpenStayForm) -> OpenedStay | None:
    said = form.cleaned_data
    try:
        return actions.open_stay(
            by=caller_of(request),
            property_id=int(said["property"]),
            room_number=said["room_number"],
            guest_name=said["guest_name"],
            language=said["language"],
            check_out=said["check_out"],
        )
    except Problem as problem:
        tell(form, problem)
        return None


def _change(request: HttpRequest, row: Stay, form: MoveStayForm) -> bool:
    caller = caller_of(request)
    try:
        if "check_out_now" in request.POST:
            actions.check_out(by=caller, stay_id=row.pk)
            messages.success(request, _("Room %(room)s is checked out.") % {"room": row.room_number})
            return True
        if form.is_valid():
            said = form.cleaned_data
            actions.move_stay(
                by=caller, stay_id=row.pk, room_number=said["room_number"], check_out=said["check_out"]
            )
            messages.success(request, _("Saved."))
            return True
    except Problem as problem:
        form.full_clean()
        tell(form, problem)
    return False


def _may_keep(request: HttpRequest, place: Property) -> bool:
    return permissions.grant(caller_of(request), STAYS, place.pk) is not Grant.NO


def _tomorrow_noon() -> datetime:
    day = timezone.localdate() + timedelta(days=1)
    return datetime.combine(day, DEPARTURE, tzinfo=timezone.get_current_timezone())
