"""The event log, to be read by superusers and changed by nobody."""

from __future__ import annotations

import re
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cluster.models import Event, StreamHead

OLDER, NEWER = "before", "after"
POSITION = re.compile(r"(\d{1,18})(?::(\d{1,18}))?\Z")
ROW = re.compile(r"\d{1,18}\Z")


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows to superusers and offers no way to change one."""

    actions = None
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say whether this is a superuser."""
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app to superusers."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class LogChangeList(ChangeList):
    """Pages of a log, newest first, from one row to the next: no COUNT, no OFFSET, at any length."""

    older: str = ""
    newer: str = ""

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the filters without our own two words."""
        found: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in (OLDER, NEWER)}

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str | Combinable]:
        """Return the only order there is."""
        return ["-pk"]

    def get_results(self, request: HttpRequest) -> None:
        """Read one page, and one row more to know whether it is the last."""
        before, after = (_row_number(request, word) for word in (OLDER, NEWER))
        rows = self._upwards(after) if after is not None else self._downwards(before)
        more, rows = len(rows) > self.list_per_page, rows[: self.list_per_page]
        if after is not None:
            rows.reverse()
        self.result_list = cast("Any", rows)
        self.result_count = self.full_result_count = len(rows)
        self.can_show_all, self.multi_page = False, False
        self._link(
            rows, older=after is not None or more, newer=before is not None or (after is not None and more)
        )

    def _downwards(self, before: int | None) -> list[Any]:
        rows = self.queryset if before is None else self.queryset.filter(pk__lt=before)
        return list(rows[: self.list_per_page + 1])

    def _upwards(self, after: int) -> list[Any]:
        return list(self.queryset.filter(pk__gt=after).order_by("pk")[: self.list_per_page + 1])

    def _link(self, rows: list[Any], *, older: bool, newer: bool) -> None:
        if rows and older:
            self.older = self.get_query_string({OLDER: rows[-1].pk}, remove=[NEWER])
        if rows and newer:
            self.newer = self.get_query_string({NEWER: rows[0].pk}, remove=[OLDER])


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Everything that happened, newest first."""

    list_display = ("position", "name", "subject", "at", "node")
    list_per_page = 50
    sortable_by = ()
    search_fields = ("stream",)
    search_help_text = _("A stream's number, or stream:seq to begin there.")

    @admin.display(description=_("stream:seq"))
    def position(self, event: Event) -> str:
        """Return where the event stands."""
        return f"{event.stream}:{event.seq}"

    def get_changelist(self, request: HttpRequest, **_options: Any) -> type[ChangeList]:
        """Page by key."""
        return LogChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Return the log; a list does not need the encoded frames."""
        rows = super().get_queryset(request)
        is_list = request.resolver_match is not None and "object_id" not in request.resolver_match.kwargs
        return rows.defer("frame", "change", "rooms") if is_list else rows

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[Event],
        search_term: str,
    ) -> tuple[QuerySet[Event], bool]:
        """Return one stream, from a position downwards."""
        if not search_term.strip():
            return queryset, False
        found = POSITION.match(search_term.strip())
        if not found:
            return queryset.none(), False
        queryset = queryset.filter(stream=int(found[1]))
        return (queryset.filter(seq__lte=int(found[2])) if found[2] else queryset), False


@admin.register(StreamHead)
class StreamHeadAdmin(ReadOnlyAdmin):
    """Where each stream stands, and its exact counters."""

    list_display = ("stream", "epoch", "seq", "oldest")
    ordering = ("stream",)


def _row_number(request: HttpRequest, word: str) -> int | None:
    given = request.GET.get(word, "")
    return int(given) if ROW.match(given) else None
