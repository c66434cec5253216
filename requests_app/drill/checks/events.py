"""Whether every listener heard every event once, in order, as the log has it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from requests_app.drill.journal import Aftermath, Ear, Journal


def missed(journal: Journal, after: Aftermath) -> list[str]:
    """Name what listeners did not hear, or heard otherwise than the log tells it; resyncs count too."""
    return [sentence for ear in journal.ears for sentence in _missed(ear, after)] + holes(after)


def _missed(ear: Ear, after: Aftermath) -> list[str]:
    if ear.start is None:
        return [f"{ear.name} never came in: {', '.join(ear.refusals) or 'no answer'}"]
    heard = {item.seq: item for item in ear.heard}
    found = [f"{ear.name} {refusal}" for refusal in ear.refusals]
    for entry in after.log:
        if entry.seq <= ear.start.seq:
            continue
        item = heard.get(entry.seq)
        if item is None:
            found.append(f"{ear.name} did not hear {entry.seq}")
        elif (item.request_id, item.version, item.event) != (entry.request_id, entry.version, entry.event):
            found.append(f"{ear.name} heard another {entry.seq}: {item.event} of {item.request_id}")
    return found


def holes(after: Aftermath) -> list[str]:
    """Name the gaps of the log itself."""
    numbers = [after.start.seq, *(entry.seq for entry in after.log)]
    return [f"the log goes from {one} to {two}" for one, two in pairwise(numbers) if two != one + 1]


def doubled(journal: Journal) -> list[str]:
    """Name what listeners heard more than once, or after something newer."""
    found = []
    for ear in journal.ears:
        often = Counter(item.seq for item in ear.heard)
        found += [f"{ear.name} heard {seq} {count} times" for seq, count in often.items() if count > 1]
        found += [
            f"{ear.name} heard {two.seq} after {one.seq}"
            for one, two in pairwise(ear.heard)
            if two.seq < one.seq
        ]
    return found
