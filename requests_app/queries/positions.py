"""Where the streams of a caller's properties stand, with their exact counters, in one small query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cluster.identity import VERSION
from cluster.models import CONTROL_STREAM, StreamHead
from cluster.streams import NEVER, SHOWN, Cursor, Head, open_streams, read_standing
from security.caller import Caller
from security.models import Property

MOST_CURSORS = 20


@dataclass(frozen=True, slots=True)
class Position:
    """One property's stream: read it before the data it labels."""

    stream: int
    slug: str
    head: Head

    @property
    def cursor(self) -> Cursor:
        """Return the position as clients know it."""
        return Cursor(self.head.epoch, self.head.seq)

    @property
    def counters(self) -> Mapping[str, int]:
        """Return the property's exact counters."""
        return self.head.counters


@dataclass(frozen=True, slots=True)
class Standing:
    """The streams of all properties a read is about, and the control stream's, at one moment.

    Without positions there are too many of them: such a read has no label and is never kept.
    """

    control: Head
    positions: list[Position]

    @property
    def generation(self) -> str:
        """Return the name of the state all answers read after this belong to, "" for none."""
        return generation_of(self.control, ((it.stream, it.head) for it in self.positions))


def generation_of(control: Head, heads: Iterable[tuple[int, Head]]) -> str:
    """Return the generation of reads about these streams: another node's release is another, too."""
    named = ";".join(f"{stream}:{head.epoch}:{head.seq}" for stream, head in heads)
    epoch, version = control.version(SHOWN)
    return f"{VERSION};{epoch}:{version};{named}" if named else ""


def standing(
    caller: Caller, property_ids: Iterable[int] | None, known: Mapping[int, Head] | None = None
) -> Standing:
    """Return where ``property_ids`` (None: all) stand; ``known`` is what was read in this call already."""
    slugs = _slugs(caller, property_ids)
    if len(slugs) > MOST_CURSORS:
        return Standing(NEVER, [])
    heads = known if known is not None and slugs.keys() <= known.keys() else _heads(slugs)
    found = [Position(stream, slugs[stream], heads[stream]) for stream in sorted(slugs)]
    return Standing(heads.get(CONTROL_STREAM, NEVER), found)


def positions(caller: Caller, property_ids: Iterable[int] | None) -> list[Position]:
    """Return the positions of ``property_ids`` (None: all), or nothing for more than ``MOST_CURSORS``."""
    return standing(caller, property_ids).positions


def summed(found: Iterable[Position]) -> Counter[str]:
    """Return the counters of all positions added up."""
    total: Counter[str] = Counter()
    for position in found:
        total.update(position.counters)
    return total


def counters_of(property_ids: Iterable[int] | None) -> Counter[str]:
    """Return the summed counters of the properties (None: all)."""
    heads = StreamHead.objects.filter(stream__gt=0)
    if property_ids is not None:
        heads = heads.filter(stream__in=set(property_ids))
    total: Counter[str] = Counter()
    for counters in heads.values_list("counters", flat=True):
        total.update(counters)
    return total


def cursor_header(found: Iterable[Position]) -> str:
    """Return the value of ``X-Stream-Cursor``."""
    return ",".join(f"{position.slug}:{position.cursor}" for position in found)


def _heads(slugs: Mapping[int, str]) -> dict[int, Head]:
    heads = read_standing(slugs)
    if not slugs.keys() <= heads.keys():
        open_streams(slugs)
        heads = read_standing(slugs)
    return heads


def _slugs(caller: Caller, property_ids: Iterable[int] | None) -> Mapping[int, str]:
    if not caller.sees_everything:
        wanted = caller.slugs.keys() if property_ids is None else set(property_ids)
        return {pk: slug for pk, slug in caller.slugs.items() if pk in wanted}
    rows = Property.objects.order_by("pk")
    if property_ids is not None:
        rows = rows.filter(pk__in=set(property_ids))
    return dict(rows.values_list("pk", "slug")[: MOST_CURSORS + 1])
