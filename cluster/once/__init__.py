"""Calling twice, doing once: the ``Idempotency-Key`` of every write.

    return once(request, caller.identity(), lambda: answer_bytes(created(actions.create(...)), status=201))

The key is claimed in the write's own transaction. A twin that arrives at the same moment, on this
node or another, waits on the claim: when the first commits it answers the first answer again, when
the first is rolled back it does the work itself. Only successes are remembered, for 24 hours.
"""

from cluster.once.calls import IDEMPOTENCY_KEY, KEY_PATTERN, REPLAYED, once
from cluster.once.erasing import erase_answers
from cluster.once.records import VALIDITY, count_old, forget_old, has_old

__all__ = [
    "IDEMPOTENCY_KEY",
    "KEY_PATTERN",
    "REPLAYED",
    "VALIDITY",
    "count_old",
    "erase_answers",
    "forget_old",
    "has_old",
    "once",
]
