"""What travels on the bus: bells (this stream moved) and notices (news nobody keeps)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cluster.models import Event
from cluster.sockets import Text

LARGEST_BELL = 64 * 1024
"""Letters of frames in one bell; what is larger is rung without them and read from the log."""

Message = dict[str, Any]
"""A message of ASGI or of the channel layer."""


class Call(NamedTuple):
    """What the call that did something is named, in logs and in traces; each may be empty."""

    request_id: str = ""
    trace: str = ""


NO_CALL = Call()


class Entry:
    """One event on its way to listeners: encoded once, shared by all of them.

    ``message`` is what a websocket sends as it stands. Listeners that may see less share a
    ``variant``, made once for each key. ``call`` names the call that did it, for the log.
    """

    __slots__ = ("_variants", "at", "call", "frame", "message", "rooms", "seq", "stream")

    def __init__(
        self, stream: int, seq: int, rooms: Sequence[str], frame: str, at: float, call: Call = NO_CALL
    ) -> None:
        self.stream = stream
        self.seq = seq
        self.rooms = tuple(rooms)
        self.frame = frame
        self.at = at
        self.call = call
        self.message = Text(frame)
        self._variants: dict[Hashable, Text | None] = {}

    @classmethod
    def of(cls, event: Event) -> Entry:
        """Return the entry of an event of the log whose frame is still kept."""
        call = Call(event.request_id, event.trace)
        return cls(event.stream, event.seq, event.rooms, event.frame or "", event.at.timestamp(), call)

    def variant(self, key: Hashable, make: Callable[[Entry], Text | None]) -> Text | None:
        """Return what ``make`` makes of this entry, made once for each ``key``."""
        if key not in self._variants:
            self._variants[key] = make(self)
        return self._variants[key]


@dataclass(frozen=True, slots=True)
class Bell:
    """A stream stands at ``seq`` now; ``entries`` are the last events, as far as they fit."""

    stream: int
    epoch: str
    seq: int
    entries: Sequence[Entry] = ()

    def packed(self) -> Message:
        """Return the form that crosses processes."""
        entries = [[entry.seq, list(entry.rooms), entry.frame, entry.at] for entry in self.entries]
        return {
            "type": "bell",
            "stream": self.stream,
            "epoch": self.epoch,
            "seq": self.seq,
            "entries": entries,
            # Beside the entries: a node of the release before takes entries of four only.
            "calls": {str(entry.seq): list(entry.call) for entry in self.entries if entry.call != NO_CALL},
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """Something of this moment only, such as who is online; it is in no log."""

    topic: str
    data: Any

    def packed(self) -> Message:
        """Return the form that crosses processes."""
        return {"type": "notice", "topic": self.topic, "data": self.data}


def unpacked(message: Message) -> Bell | Notice | None:
    """Return what another process sent, or None when it is nothing we know."""
    try:
        if message["type"] == "notice":
            return Notice(str(message["topic"]), message["data"])
        stream = int(message["stream"])
        calls = {int(seq): Call(*map(str, call)) for seq, call in message.get("calls", {}).items()}
        entries = [
            Entry(stream, int(seq), rooms, str(frame), float(at), calls.get(int(seq), NO_CALL))
            for seq, rooms, frame, at in message["entries"]
        ]
        return Bell(stream, str(message["epoch"]), int(message["seq"]), entries)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def bells(events: Iterable[Event]) -> Iterator[Bell]:
    """Yield the bells of committed events: one for each stream, more when they are too large for one."""
    streams: dict[tuple[int, str], list[Event]] = {}
    for event in events:
        streams.setdefault((event.stream, event.epoch), []).append(event)
    for (stream, epoch), news in streams.items():
        news.sort(key=lambda event: event.seq)
        for entries in _portions(news):
            yield Bell(stream, epoch, entries[-1].seq, [] if _size(entries) > LARGEST_BELL else entries)


def _portions(events: Sequence[Event]) -> Iterator[list[Entry]]:
    portion: list[Entry] = []
    for entry in map(Entry.of, events):
        if portion and _size(portion) + len(entry.frame) > LARGEST_BELL:
            yield portion
            portion = []
        portion.append(entry)
    yield portion


def _size(entries: Sequence[Entry]) -> int:
    return sum(len(entry.frame) for entry in entries)
