"""The list by key: page one and the millionth row cost the same, and nothing is counted.

The page parameter holds a cursor of ``queries.keyset`` instead of a number. The total beside the
list, where there is one, comes from the property's exact counters, which are read anyway.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ORDER_VAR, PAGE_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cluster.answers.problems import Invalid
from requests_app.admin.filters import CriteriaFilter, PropertyFilter
from requests_app.admin.places import zone_of
from requests_app.models import GuestRequest
from requests_app.queries import keyset
from requests_app.queries.criteria import Criteria, counted, matching
from requests_app.queries.keyset import Mark, Order
from requests_app.queries.listing import NEWEST
from requests_app.queries.positions import positions, summed
from security.authentication import caller_of


class KeysetChangeList(ChangeList):
    """One page of requests, with a way on and a way back."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[GuestRequest]:
        """Return the matching rows in order."""
        self.filter_specs, self.has_filters, unknown, _duplicates, self.has_active_filters = self.get_filters(
            request
        )
        if unknown:
            raise IncorrectLookupParameters
        self.clear_all_filters_qs = self.get_query_string(remove=list(self.get_filters_params()))
        self.criteria = self._criteria()
        self.scope = self._scope(request)
        self.order = self._order()
        rows: QuerySet[GuestRequest] = self.root_queryset
        if self.scope is not None:
            rows = rows.filter(property_id__in=self.scope)
        rows = matching(rows, self.criteria, caller_of(request), zone_of(request))
        return rows.select_related("property", "assignee").order_by(*(key.order() for key in self.order.keys))

    def get_results(self, request: HttpRequest) -> None:
        """Read one page and one row more, which tells whether there is a next one."""
        # The position first: what is written after it, the socket tells; nothing falls between.
        self.positions = positions(caller_of(request), self.scope)
        mark = self._mark(request)
        backwards = mark is not None and mark.backwards
        order = self.order.reversed() if backwards else self.order
        rows = self.queryset.order_by(*(key.order() for key in order.keys))
        found = list((keyset.after(rows, order, mark) if mark else rows)[: self.list_per_page + 1])
        page, more = found[: self.list_per_page], len(found) > self.list_per_page
        self.result_list = page[::-1] if backwards else page
        self._lead_on(more or backwards, (more if backwards else True) if mark else False)
        self.total = self._total()
        self._tell_django()

    def get_ordering_field_columns(self) -> dict[int, str]:  # type: ignore[override]
        """Return the one column the list is sorted by, for the arrow in its header."""
        name, _sep, direction = self.order.name.partition(":")
        for number, column in enumerate(self.list_display):
            field = str(self.get_ordering_field(column) or "")
            if field.lstrip("-") == name:
                turned = field.startswith("-")
                return {number: "desc" if (direction == "desc") is not turned else "asc"}
        return {}

    def _criteria(self) -> Criteria:
        parts: dict[str, Any] = {"search": self.query.strip()}
        for spec in self.filter_specs:
            if isinstance(spec, CriteriaFilter):
                parts |= spec.part()
        return Criteria(**parts)

    def _scope(self, request: HttpRequest) -> frozenset[int] | None:
        chosen = next((spec for spec in self.filter_specs if isinstance(spec, PropertyFilter)), None)
        one = chosen.property_id() if chosen else None
        return caller_of(request).property_ids() if one is None else frozenset({one})

    def _order(self) -> Order:
        """Return the order of the column clicked last; the newest first without one."""
        first = self.params.get(ORDER_VAR, "").split(".")[0]
        sign, number = first[:1] == "-", first.removeprefix("-")
        if not number.isascii() or not number.isdigit() or int(number) >= len(self.list_display):
            return NEWEST
        field = str(self.get_ordering_field(self.list_display[int(number)]) or "")
        name = field.lstrip("-")
        if name not in keyset.SORTS:
            return NEWEST
        return keyset.order_named(name, descending=sign is not field.startswith("-"))

    def _mark(self, request: HttpRequest) -> Mark | None:
        cursor = request.GET.get(PAGE_VAR, "")
        if not cursor or request.method == "POST":
            return None
        try:
            return keyset.decode(self.order, cursor)
        except Invalid:
            if ERROR_FLAG not in request.GET:
                messages.warning(request, _("That page is no longer here; this is the first one."))
            return None

    def _lead_on(self, has_next: bool, has_previous: bool) -> None:  # noqa: FBT001
        rows = list(self.result_list)
        self.next_page = self._link(rows[-1], backwards=False) if rows and has_next else ""
        self.previous_page = self._link(rows[0], backwards=True) if rows and has_previous else ""
        self.first_page = self.get_query_string() if self.previous_page else ""

    def _link(self, row: GuestRequest, *, backwards: bool) -> str:
        values = tuple(getattr(row, column) for column in self.order.columns())
        return self.get_query_string({PAGE_VAR: keyset.encode(self.order, Mark(backwards, values))})

    def _total(self) -> int | None:
        return counted(self.criteria, summed(self.positions)) if self.positions else None

    def _tell_django(self) -> None:
        """Fill what the admin's own templates and views look at."""
        self.result_count = len(self.result_list)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = self.multi_page = False
