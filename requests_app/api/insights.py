"""Numbers: how the house does, and how this service does."""

from __future__ import annotations

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from rest_framework.request import Request

from cluster import cache, identity, reports, timings
from cluster.answers import answer_bytes, dumps
from cluster.answers.problems import Invalid
from cluster.cache import orders
from cluster.timings import timed
from requests_app.api import schema, versions
from requests_app.api.door import Door
from requests_app.api.filters import DAY, Bound, bounds, read_bound
from requests_app.api.swift import written
from requests_app.flags import shape
from requests_app.permissions import CACHE_CLEAR, OVERVIEW, PERFORMANCE
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
            asked = ("statistics", start, end, granularity, [(it.pk, it.timezone) for it in places], shape())
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
        """Tell how long operations take, by node and in sum: merged from buckets, not from averages."""
        self.scope(PERFORMANCE)
        here = {identity.instance_id(): reports.own("operations")}
        found = here | reports.of_all("operations")
        counted = {name: node.get("operations", {}) for name, node in found.items()}
        nodes = [
            {"instanceId": name, "operations": timings.merged([node])}
            for name, node in sorted(counted.items())
        ]
        told = {"monitoring": timings.is_recording(), "operations": timings.merged(counted.values())}
        return answer_bytes(dumps({**told, "nodes": nodes}))

    @schema.cache_stats
    def cache_stats(self, request: Request) -> HttpResponse:
        """Tell how often which layer of the cache answered, by node and in sum."""
        self.scope(PERFORMANCE)
        found = orders.everywhere()
        nodes = [{"instanceId": name, "cache": figures or None} for name, figures in sorted(found.items())]
        counted = [figures["requests"] for figures in found.values() if figures]
        return answer_bytes(dumps({**cache.summed(counted), "nodes": nodes}))

    @schema.clears_cache
    def clear_cache(self, request: Request) -> HttpResponse:
        """Have every node forget what it keeps; tell which confirmed it and which stayed silent.

        Not once per ``Idempotency-Key``: an order must be on its way before anybody can confirm it, and
        to forget twice is to forget.
        """
        self.scope(CACHE_CLEAR)
        return answer_bytes(dumps(orders.clear_everywhere(by=self.caller.identity())))


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
