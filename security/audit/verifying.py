"""Is the book whole? The first entry of a chain that is not is named, with what was done to it.

Read in this order: checkpoints, the last number, the tip, then the entries up to the tip. A chain that is
being written meanwhile only grows behind what is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from django.db.models import QuerySet

from cluster.models import StreamHead
from security.audit.chain import START, Tip, digest_of
from security.audit.checkpoints import is_genuine
from security.models import AuditCheckpoint, AuditEntry

AT_ONCE = 1_000
NEARBY = 1_000

Advance = Callable[[int], None]
Seals = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing wrong in a chain.

    ``kind`` is edited, removed, swapped, added, cut, rewritten, moved tip or forged checkpoint; ``since``
    the last number known good, where that is not the one before.
    """

    chain: int
    number: int
    kind: str
    since: int | None = None

    def __str__(self) -> str:
        after = "" if self.since is None else f" (or any after {self.since})"
        return f"chain {self.chain}, entry {self.number}{after}: {self.kind}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one chain; ``signed`` is the number up to which a checkpoint vouches for it."""

    chain: int
    entries: int
    signed: int
    finding: Finding | None


def chains() -> list[int]:
    """Return every chain there is any trace of."""
    heads = StreamHead.objects.exclude(tip="").values_list("stream", flat=True)
    entries = AuditEntry.objects.order_by().values_list("chain", flat=True).distinct()
    sealed = AuditCheckpoint.objects.order_by().values_list("chain", flat=True).distinct()
    return sorted({*heads, *entries, *sealed})


def verify(chain: int, advance: Advance, *, told: Seals | None = None) -> Verdict:
    """Look at one chain from its first entry on; ``told`` are digests by number kept outside."""
    checkpoints = list(AuditCheckpoint.objects.filter(chain=chain).order_by("number"))
    forged = next((row for row in checkpoints if not is_genuine(row)), None)
    seals = {**{row.number: row.digest for row in checkpoints if is_genuine(row)}, **(told or {})}
    last = AuditEntry.objects.filter(chain=chain).order_by("-number").values_list("number", flat=True).first()
    head = StreamHead.objects.filter(stream=chain).values_list("tip", flat=True).first()
    tip = Tip.read(head or "")
    walk = _Walk(chain, seals, advance)
    finding = walk.to(tip.number) or _at_the_end(chain, walk, tip, seals, last or 0)
    if finding is None and forged is not None:
        finding = Finding(chain, forged.number, "forged checkpoint")
    return Verdict(chain, walk.tip.number, walk.sealed, finding)


class _Walk:
    """The way through a chain, entry by entry."""

    def __init__(self, chain: int, seals: Seals, advance: Advance) -> None:
        self.chain, self.seals, self.advance = chain, seals, advance
        self.tip, self.sealed = Tip(0, START), 0

    def to(self, number: int) -> Finding | None:
        """Walk up to a number; return the first thing wrong."""
        rows = self._rows().filter(number__lte=number).iterator(AT_ONCE)
        for some in _runs(rows):
            for entry in some:
                kind = self._wrong(entry)
                if kind == "rewritten":
                    return Finding(self.chain, self.sealed + 1, kind, self.sealed)
                if kind:
                    return Finding(self.chain, self.tip.number + 1, kind)
                self.tip = Tip(entry.number, entry.digest)
                if entry.number in self.seals:
                    self.sealed = entry.number
            self.advance(len(some))
        return None

    def _wrong(self, entry: AuditEntry) -> str:
        expected = self.tip.number + 1
        if entry.number > expected:
            return "removed"
        if entry.number < expected:
            return "added"
        if entry.previous != self.tip.digest or digest_of(entry) != entry.digest:
            return self._what_happened(entry)
        sealed = self.seals.get(entry.number)
        return "" if sealed in (None, entry.digest) else "rewritten"

    def _what_happened(self, entry: AuditEntry) -> str:
        """Look at the entries nearby for the place this one belongs to."""
        there = list(self._rows().filter(number__gt=entry.number)[:NEARBY])
        for other in there:
            if _belongs(entry, other.number, (entry, other)):
                back = _belongs(other, entry.number, (entry, other), previous=self.tip.digest)
                return "swapped" if back else "removed"
        if _belongs(entry, entry.number + 1, (entry,)):
            return "removed"
        return "edited"

    def _rows(self) -> QuerySet[AuditEntry]:
        return AuditEntry.objects.filter(chain=self.chain).order_by("number", "id")


def _belongs(
    entry: AuditEntry, number: int, sides: Iterable[AuditEntry], *, previous: str | None = None
) -> bool:
    """Say whether an entry's content has one of these digests at that number."""
    digests = {side.digest for side in sides}
    before = [previous] if previous is not None else [side.previous for side in sides]
    return any(digest_of(entry, number=number, previous=one) in digests for one in before)


def _at_the_end(chain: int, walk: _Walk, tip: Tip, seals: Seals, last: int) -> Finding | None:
    """Compare where the walk ended with the tip and with what was signed."""
    end = walk.tip.number
    if end < max(tip.number, *seals, 0):
        return Finding(chain, end + 1, "cut")
    if last > tip.number:
        return Finding(chain, tip.number + 1, "added")
    return Finding(chain, end, "moved tip") if walk.tip != tip else None


def _runs(rows: Iterator[AuditEntry]) -> Iterator[list[AuditEntry]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some
