"""Whether any read was older than a write acknowledged before it began."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from itertools import accumulate

from requests_app.drill.journal import Aftermath, Journal, Read


class Acknowledged:
    """What had been acknowledged at a moment: the newest number of the log, and each request's version."""

    def __init__(self, journal: Journal, after: Aftermath) -> None:
        seqs = {(entry.request_id, entry.version): entry.seq for entry in after.log}
        acked = sorted(
            (write.acked, write.request_id, write.version or 0)
            for write in journal.writes
            if write.acked is not None and write.request_id is not None
        )
        self._times = [at for at, _, _ in acked]
        numbers = (seqs.get((request_id, version), 0) for _, request_id, version in acked)
        self._highest = list(accumulate(numbers, max))
        self._versions = defaultdict[int, list[tuple[float, int]]](list)
        for at, request_id, version in acked:
            newest = max(version, self._versions[request_id][-1][1] if self._versions[request_id] else 0)
            self._versions[request_id].append((at, newest))

    def seq(self, before: float) -> int:
        """The newest number acknowledged before a moment."""
        place = bisect_left(self._times, before)
        return self._highest[place - 1] if place else 0

    def version(self, request_id: int, before: float) -> int:
        """The newest version of a request acknowledged before a moment."""
        known = self._versions.get(request_id, [])
        place = bisect_left(known, before, key=lambda pair: pair[0])
        return known[place - 1][1] if place else 0


def stale(journal: Journal, after: Aftermath) -> list[str]:
    """Name each read that was behind: by its label, by what it showed, by what it left out, by its sum."""
    known = Acknowledged(journal, after)
    found = [f"{read.kind} by {read.way}: {why}" for read in journal.reads for why in _behind(read, known)]
    return found + _shrunken(journal)


def _behind(read: Read, known: Acknowledged) -> list[str]:
    found = []
    wanted = known.seq(read.began)
    if read.cursor is not None and read.cursor.seq < wanted:
        found.append(f"its label is {read.cursor.seq}, {wanted} was acknowledged")
    for request_id, version in read.versions.items():
        newest = known.version(request_id, read.began)
        if version < newest:
            found.append(f"it showed {request_id} at version {version}, {newest} was acknowledged")
    found += [f"it left out {request_id}" for request_id in read.must_show if request_id not in read.versions]
    return found


def _shrunken(journal: Journal) -> list[str]:
    """Compare the sums: nothing is deleted here, so each holds at least what was acknowledged before it."""
    if journal.total_before is None:
        return []
    acked = sorted(w.acked for w in journal.writes if w.kind == "create" and w.acked is not None)
    found = []
    for read in journal.reads:
        wanted = journal.total_before + bisect_left(acked, read.began)
        if read.total is not None and read.total < wanted:
            found.append(f"{read.kind} by {read.way}: a sum of {read.total}, {wanted} were acknowledged")
    return found
