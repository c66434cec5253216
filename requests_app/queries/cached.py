"""Pages of requests as bytes, worked out once in each state of the streams.

The streams are read first, so an answer is never older than a write that was acknowledged before
the question. What is kept is data only; its end is the moment at which a request on it becomes
overdue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cluster import cache
from cluster.answers import dumps
from cluster.cache import Layer, Made
from cluster.streams import Head
from requests_app.queries import listing
from requests_app.queries.listing import Question
from requests_app.queries.positions import Standing, standing
from requests_app.queries.tags import moment, named


@dataclass(frozen=True, slots=True)
class Encoded:
    """A page as the API's bytes. ``page`` is None when the client's copy is the present one."""

    page: tuple[bytes, ...] | None
    tag: str
    stands: Standing
    layer: Layer | None
    question: str


def page(question: Question, *, seen: str = "", known: Mapping[int, Head] | None = None) -> Encoded:
    """Return the page asked for; ``seen`` is the client's ``If-None-Match``.

    The caller's right to ask is settled before: what is kept is not looked at again.
    """
    listing.check_depth(question.paging)
    stands = standing(question.caller, question.scope(), known)
    asked = question.canonical()
    tag = named(stands.generation, asked)
    if tag is not None and tag.is_fresh(seen):
        return Encoded(None, tag.seen_in(seen), stands, None, asked)

    def make() -> Made:
        found = listing.page(question, stands)
        # The moment travels as a part, for the tag: what ends an answer may also be its age.
        pages = dumps(found.pagination) if question.paging.is_told else b""
        parts = (dumps(found.requests), pages, moment(found.flips_at))
        return Made(parts, found.flips_at.timestamp() if found.flips_at else None)

    kept, layer = cache.read(asked, stands.generation, make)
    return Encoded(kept.parts, tag.text(kept.parts[-1]) if tag else "", stands, layer, asked)
