"""Requests in the back office: the live list, the page of one request, a form for a new one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ERROR_FLAG
from django.db.models import Model, QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import access, actions
from requests_app.admin import bulk, columns, creation, detail, duty, filters
from requests_app.admin.changelist import KeysetChangeList
from requests_app.admin.places import Choices, colleague_choices, nothing_there, places_of
from requests_app.models import GuestRequest
from requests_app.permissions import BULK, CREATE, EDIT, READ, REMOVE
from requests_app.queries.positions import cursor_header
from security.admin.walls import WalledAdmin
from security.authentication import caller_of

PART = "X-Bellhop-Part"
"""With it the script asks for the rows alone."""

TABS = (
    (gettext_lazy("All"), ""),
    (gettext_lazy("Open"), "?status=open"),
    (gettext_lazy("Mine"), "?assignee=me&status=open"),
    (gettext_lazy("Nobody's"), "?assignee=none&status=open"),
    (gettext_lazy("Pressing"), "?attention=pressing"),
    (gettext_lazy("Overdue"), "?attention=overdue"),
)


class RequestAdmin(WalledAdmin):
    """The staff's daily tool. Every change goes through ``actions``; nothing here saves a model."""

    permissions: ClassVar = {
        "view": READ,
        "add": CREATE,
        "change": EDIT,
        "delete": REMOVE,
        "bulk": BULK,
    }
    list_per_page = 25
    list_display = tuple(getattr(columns, name) for name in columns.COLUMNS)
    list_filter = filters.FILTERS
    search_fields = ("search_folded",)
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    action_form = bulk.BatchForm
    actions = bulk.BULK_ACTIONS
    delete_confirmation_template = "admin/requests_app/guestrequest/delete.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[GuestRequest]:
        """Return what exists for this person: undeleted, within their wall."""
        rows = access.permitted(caller_of(request), READ)
        return rows.select_related("property", "assignee")

    def get_urls(self) -> list[URLPattern]:
        """Add the duty button's address."""
        return [
            path("duty/", self.admin_site.admin_view(duty.view), name="requests_app_duty"),
            *super().get_urls(),
        ]

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        """Name the property where there are several."""
        several = len(places_of(request)) > 1
        return (*self.list_display, columns.place) if several else self.list_display

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        """Page by key."""
        return KeysetChangeList

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *where: Any, **named: Any
    ) -> Any:
        """Look at what was ticked before Django puts it into a query."""
        bulk.ticked(request)
        bulk.filled_in(request)
        return super().response_action(request, queryset, *where, **named)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Show the list, or only its rows to the script."""
        context = {"title": _("Requests"), "tabs": TABS, "media": Media(), **duty.context(request)}
        if ERROR_FLAG in request.GET and request.method == "GET":
            messages.warning(request, _("There is no such filter; this is the whole list."))
        response = super().changelist_view(request, context | (extra_context or {}))
        if isinstance(response, TemplateResponse) and "cl" in (response.context_data or {}):
            self._dress(request, response)
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show one request and take what the person does with it."""
        row = self.get_object(request, object_id)
        if row is None:
            return nothing_there(self, request, object_id)
        return detail.view(self, request, row)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show the form for a new request and open it."""
        return creation.view(self, request)

    def delete_model(self, request: HttpRequest, obj: GuestRequest) -> None:
        """Take it out of sight by the verb."""
        actions.remove(by=caller_of(request), request_id=obj.pk)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Nothing is destroyed with it: its history and messages stay."""
        return [str(obj) for obj in objs], {}, set(), []

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """The event log tells it; Django's own log would be a second one."""
        return []

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Ask the table, and for department staff whether it is their work."""
        if not isinstance(obj, GuestRequest):
            return super().has_change_permission(request, obj)
        return detail.may(caller_of(request), EDIT, obj)

    def _dress(self, request: HttpRequest, response: TemplateResponse) -> None:
        context: dict[str, Any] = response.context_data or {}
        cursor = cursor_header(context["cl"].positions)
        response.headers["X-Stream-Cursor"] = cursor
        context["cursor"] = cursor
        if request.headers.get(PART):
            response.template_name = "admin/requests_app/guestrequest/rows.html"
        elif context["action_form"]:
            context["action_form"].fields["assignee"].widget.choices = _assignees(request)


def _assignees(request: HttpRequest) -> Choices:
    return [("", "---------"), (bulk.NOBODY, _("Nobody")), *colleague_choices(places_of(request))]
