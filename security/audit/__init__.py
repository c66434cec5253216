"""The audit book: every change, login, refusal, flag and credential act, linked and signed.

What a unit of work emits is written by itself. ``record`` adds an act that has no event, ``watch``
a model whose rows are changed without one, ``happened`` what must not wait for the database, and
``keep_plain`` says which fields of an event may stand in the book as they are: all other texts are
kept as keyed digests. See ``docs/security.md``.
"""

from security.audit.book import record
from security.audit.digests import keep_plain
from security.audit.origin import Origin, current_origin, enter, leave, refusing
from security.audit.queue import happened

__all__ = [
    "Origin",
    "current_origin",
    "enter",
    "happened",
    "keep_plain",
    "leave",
    "record",
    "refusing",
]
