"""What a scanner can not read from the schema: for which fields a well-formed value is refused, and why.

Loaded by ``schemathesis.toml`` and by ``tests/api/test_scanned.py``.
"""

from __future__ import annotations

from typing import Any

import schemathesis

RULES = {
    "propertyId": "somebody of several properties says which one a write is for",
    "startDate": "a day far off the calendar",
    "endDate": "an end before its beginning, or far off the calendar",
    "granularity": "hours need a range of at most 31 days",
    "page": "page x limit ends at 10,000; cursors go on",
    "cursor": "one of ours, made for the same order",
    "serviceType": "the property's catalogue",
    "assignedTo": "somebody who works there",
    "roomNumber": "a guest's own; everybody else must name one",
    "deliveryTime": "not in the past, within reach of a calendar",
    "checkOut": "not in the past, within reach of a calendar",
    "totalAmount": "more than 0, two decimals: no multiple is exact in binary",
    "items": "16 KB, 5 levels deep",
    "password": "nothing that is easily guessed; one's own",
    "newPassword": "nothing that is easily guessed",
    "status": "a batch changes a status, an assignee or a note",
}
UNCLEAN = "INPUT_SANITIZATION_FAILED"
"""Control characters, half characters: a schema of each text could say it, and nobody could read it."""


@schemathesis.check
def refused_for_a_reason(ctx: Any, response: Any, case: Any) -> None:
    """Let a call made by the schema be refused as malformed by a rule above only."""
    if response.status_code != 400 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    said = response.json()
    unruled = [one for one in said.get("details", [{}]) if one.get("field", "").split("[")[0] not in RULES]
    assert said["code"] == UNCLEAN or not unruled, f"No rule refuses {unruled}"
