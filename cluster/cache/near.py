"""What this process remembers: bounded in entries and in bytes, the longest unused goes first.

A question has one place: the answer of a newer generation takes the place of the older one's, so
that writes do not fill the memory with answers nobody can get any more.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

OVERHEAD = 300
"""About what an entry takes beside its bytes."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer in parts, and the moment (seconds since 1970) from which it is not true any more."""

    parts: tuple[bytes, ...]
    until: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept answer and the generation it belongs to."""

    generation: str
    kept: Kept
    size: int


class Near:
    """A memory of at most so many entries and bytes, for the threads of one process."""

    def __init__(self) -> None:
        self.size = 0
        self.evicted = 0
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, question: str, generation: str, now: float) -> Kept | None:
        """Return what is kept for the question, if it is of that generation and still true."""
        entry = self._entries.get(question)
        if entry is None or entry.generation != generation or entry.kept.until <= now:
            return None
        with self._lock:
            if question in self._entries:
                self._entries.move_to_end(question)
        return entry.kept

    def put(self, question: str, generation: str, kept: Kept, *, most: int, most_bytes: int) -> None:
        """Keep an answer, letting go of others until both bounds hold; one too large is not kept."""
        size = OVERHEAD + len(question) + len(generation) + sum(map(len, kept.parts))
        if size > most_bytes:
            return
        with self._lock:
            self._drop(question)
            self._entries[question] = Entry(generation, kept, size)
            self.size += size
            while len(self._entries) > most or self.size > most_bytes:
                self._drop(next(iter(self._entries)))
                self.evicted += 1

    def sweep(self, now: float) -> int:
        """Let go of what is not true any more; return how many that were."""
        with self._lock:
            over = [question for question, entry in self._entries.items() if entry.kept.until <= now]
            for question in over:
                self._drop(question)
        return len(over)

    def clear(self) -> int:
        """Forget everything; return how many entries that were."""
        with self._lock:
            count, self.size = len(self._entries), 0
            self._entries.clear()
        return count

    def _drop(self, question: str) -> None:
        entry = self._entries.pop(question, None)
        if entry is not None:
            self.size -= entry.size
