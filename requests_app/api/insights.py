"""Numbers: how the house does, and how this service does."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict
from rest_framework.request import Request

from cluster import identity, reports, timings
from cluster.answers import answer_bytes, dumps
from cluster.answers.problems import Invalid
from cluster.timings import timed
from requests_app.api import schema
from requests_app.api.door import Door
from requests_app.api.filters import DAY, Bound, bounds, read_bound
from requests_app.api.lists import cursor_headers
from requests_app.permissions import OVERVIEW, PERFORMANCE
from requests_app.queries import catalogue
from requests_app.queries.positions import positions
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
            standing = positions(self.caller, properties)
            places = catalogue.properties(self.caller, properties)
            found = summary(places, Range(start, end), granularity)
            return answer_bytes(dumps(found), headers=cursor_headers(standing))

    @schema.performance
    def performance(self, request: Request) -> HttpResponse:
        """Tell how long operations take, by node and in sum: merged from buckets, not from averages."""
        self.scope(PERFORMANCE)
        here = {identity.instance_id(): reports.own("operations")}
        found = here | reports.of_all("operations")
        counted = {name: node.get("operations", {}) for name, node in found.items()}
        nodes = [
            {"instanceId": name, "operations": timings.merged([node])}
            for name, node in sorted(counted.items())
        ]
        return answer_bytes(dumps({"operations": timings.merged(counted.values()), "nodes": nodes}))


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
