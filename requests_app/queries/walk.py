"""Every request that matches, page after page, in little memory."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from requests_app import shown
from requests_app.queries import keyset
from requests_app.queries.keyset import Mark, Order
from requests_app.queries.listing import Question
from requests_app.shown import COLUMNS

PAGE = 500


def walk(question: Question, order: Order) -> Iterator[dict[str, object]]:
    """Return the requests as the API shows them; whether the caller may is decided before the first."""
    chosen = question.rows().order_by(*(key.order() for key in order.keys))

    def pages() -> Iterator[dict[str, object]]:
        found = list(chosen.values_list(*COLUMNS)[:PAGE])
        while found:
            now = timezone.now()
            yield from (shown.shown(row, now) for row in found)
            if len(found) < PAGE:
                return
            last = Mark(
                backwards=False, values=tuple(found[-1][COLUMNS.index(key)] for key in order.columns())
            )
            found = list(keyset.after(chosen, order, last).values_list(*COLUMNS)[:PAGE])

    return pages()
