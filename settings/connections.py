"""Connections to PostgreSQL that are looked after, but not at every turn."""

from time import monotonic
from typing import Any, Self

import psycopg

from cluster.postgresql.presence import presence

FRESH_SECONDS = 1.0
CHECK = ""
"""What psycopg's pool sends to ask a connection whether it is alive."""


class LookedAfter(psycopg.Connection[Any]):
    """Answers the pool's question from memory for a second: asking each time costs a trip a request.

    A connection that died within that second shows on its first statement, as a 503 with
    Retry-After, and is then thrown away.
    """

    asked_at = 0.0

    @classmethod
    def connect(cls, *words: Any, **options: Any) -> Self:
        """Connect, and let it be known whether there is a database."""
        try:
            found = super().connect(*words, **options)
        except psycopg.OperationalError:
            presence.lost()
            raise
        presence.found()
        return found

    def execute(self, query: Any, params: Any = None, **options: Any) -> psycopg.Cursor[Any]:
        """Run a statement."""
        if query == CHECK and monotonic() - self.asked_at < FRESH_SECONDS:
            return self.cursor()
        found = super().execute(query, params, **options)
        if query == CHECK:
            self.asked_at = monotonic()
        return found
