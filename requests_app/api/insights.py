"""Numbers: how the house does, and how this service does."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from rest_framework.request import Request

from cluster import identity, timings
from cluster.answers import answer_bytes, dumps
from cluster.answers.problems import Invalid
from cluster.timings import timed
from requests_app.api import schema, versions
from requests_app.api.door import Door
from requests_app.api.filters import DAY, Bound, bounds, read_bound
from requests_app.api.swift import written
from requests_app.permissions import OVERVIEW, PERFORMANCE
from requests_app.queries import catalogue, flips, tags
from requests_app.queries.positions import cursor_header, standing
from requests_app.queries.statistics import GRANULARITIES, Range, summary


class InsightDoor(Door):
    """Statistics and operation timings."""

    @schema.statistics
    def statistics(self, request: Request) -> HttpResponse:
        """Count requests exactly, over everything or a range, with a series if asked for."""
        with timed("request.statistics"):
            properties = self.scope(OVERVIEW)
            start, end = _bound(request.query_params, "startDate"), _bound(request.query_params, "endDate")
            granularity = _granularity(request.query_params)
            start, end, _ = bounds(start, end, properties)
            stands = standing(self.caller, properties)
            cursor = cursor_header(stands.positions)
            places = catalogue.properties(self.caller, properties)
            # The zones are in it: a bare date is another day elsewhere, and a week begins otherwise.
            asked = ("statistics", start, end, granularity, [(it.pk, it.timezone) for it in places])
            tag = tags.named(stands.generation, repr(asked))
            if tag is not None and tag.is_fresh(seen := versions.seen(request)):
                return written(None, tag.seen_in(seen), cursor, None)
            # The late ones are counted: that number changes when the next one becomes late.
            flips_at = flips.first_flip(properties, timezone.now()) if tag else None
            found = summary(places, Range(start, end), granularity)
            label = tag.text(tags.moment(flips_at)) if tag else ""
            return written((dumps(found),), label, cursor, None)

    @schema.performance
    def performance(self, request: Request) -> HttpResponse:
        """Tell how long operations take: count, avg, p50, p95 and p99 in milliseconds."""
        self.scope(PERFORMANCE)
        operations = timings.snapshot()
        node = {"instanceId": identity.instance_id(), "operations": operations}
        return answer_bytes(dumps({"operations": operations, "nodes": [node]}))


def _bound(query: QueryDict, name: str) -> Bound:
    given = query.get(name) or query.get(name.replace("D", "_d"))
    if not given:
        return None
    bound = read_bound(given)
    if bound is None:
        raise Invalid.field(name, f"Send {DAY}.")
    return bound


def _granularity(query: QueryDict) -> str:
    word = query.get("granularity") or ""
    if word and word not in GRANULARITIES:
        raise Invalid.field("granularity", f"Send one of: {', '.join(GRANULARITIES)}.", "invalid_choice")
    return word
