"""Requests as a spreadsheet, streamed: its size is nobody's memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from rest_framework.request import Request

from cluster.answers.problems import Invalid
from requests_app.api import schema, sheets
from requests_app.api.door import Door
from requests_app.api.filters import criteria_of
from requests_app.api.paging import order_of
from requests_app.permissions import EXPORT
from requests_app.queries.listing import Question
from requests_app.queries.walk import walk

Write = Callable[[Iterable[sheets.Row]], Iterator[bytes]]

FORMATS: dict[str, tuple[str, Write]] = {
    "csv": ("text/csv; charset=utf-8", sheets.csv_lines),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheets.workbook),
}


class ExportDoor(Door):
    """The list, to take away."""

    @schema.exports
    def export(self, request: Request) -> HttpResponseBase:
        """Export requests with the list's filters, as csv or xlsx."""
        self.require_v2()
        properties = self.scope(EXPORT)
        form = request.query_params.get("format") or "csv"
        if form not in FORMATS:
            raise Invalid.field("format", f"Send one of: {', '.join(FORMATS)}.", "invalid_choice")
        criteria, zone = criteria_of(request.query_params, self.caller, properties)
        question = Question(
            caller=self.caller, permission=EXPORT, criteria=criteria, properties=properties, zone=zone
        )
        rows = walk(question, order_of(request.query_params))
        media_type, write = FORMATS[form]
        name = f"requests-{timezone.now():%Y-%m-%d}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingHttpResponse(write(rows), content_type=media_type, headers=headers)
