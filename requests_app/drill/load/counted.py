"""Calls that leave a line in the journal, however they end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from requests_app.drill.calls import Answer, Door, NoAnswer
from requests_app.drill.journal import OK, Call, Journal, Position
from requests_app.drill.place import SLUG


@dataclass(slots=True)
class Counted:
    """A door whose calls are written down; `way` says which door it is."""

    door: Door
    way: str
    journal: Journal

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | None:
        """Return the answer, a refusal too, or None when there was none."""
        began = time.monotonic()
        try:
            answer = await self.door.call(method, path, body, query=query, headers=headers)
        except NoAnswer as problem:
            self.journal.calls.append(Call(began, time.monotonic(), self.way, problem.outcome))
            return None
        outcome = OK if answer.status < 400 else str(answer.status)
        told_when = "retry-after" in answer.headers
        self.journal.calls.append(Call(began, answer.ended, self.way, outcome, told_when))
        return answer


def cursor(answer: Answer) -> Position | None:
    """Return the position the answer is labelled with."""
    for label in answer.headers.get("x-stream-cursor", "").split(","):
        slug, _, rest = label.strip().partition(":")
        epoch, _, seq = rest.rpartition(":")
        if slug == SLUG and seq.isdigit():
            return Position(epoch, int(seq))
    return None
