"""Going on from where a client was: all of what it missed, or none of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cluster.streams import Cursor, read_log
from cluster.streams.log import Gone


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a property can be resumed from ``since``, and where the log ended when it was asked."""

    since: int
    reached: int
    gone: Gone | None

    def shown(self, head: Cursor) -> dict[str, object]:
        """Return what the client is told; ``head`` is where it stands from now on."""
        if self.gone is None:
            return {"resumed": True, "from": self.since, "to": head.seq}
        return {"resumed": False, "reason": self.gone.value, "epoch": head.epoch, "to": head.seq}


def answers(slugs: Mapping[int, str], since: Mapping[str, Cursor]) -> dict[str, Answer]:
    """Return the answer for each of these properties that a position was sent for."""
    return {slug: _answer(stream, since[slug]) for stream, slug in slugs.items() if slug in since}


def _answer(stream: int, since: Cursor) -> Answer:
    page = read_log(stream, after=since.seq, epoch=since.epoch, limit=1)
    return Answer(since.seq, page.head, page.gone)
