"""Where the service is: its balancer, its parts, and the password of the demo's cast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SLUG = "demo-hotel"
LISTS, SOCKETS = ("web", "all"), ("live", "all")


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the service, as `manage.py local status --json` shows it."""

    name: str
    kind: str
    url: str
    pid: int = 0
    state: str = ""


@dataclass(slots=True)
class Place:
    """A running service."""

    url: str
    password: str = field(repr=False)
    parts: list[Part] = field(default_factory=list)

    @property
    def web(self) -> list[Part]:
        """The nodes that answer JSON."""
        return [part for part in self.parts if part.kind in LISTS]

    @property
    def live(self) -> list[Part]:
        """The nodes that hold sockets."""
        return [part for part in self.parts if part.kind in SOCKETS]

    @property
    def names(self) -> list[str]:
        """The instance ids of all nodes."""
        return [part.name for part in self.parts if part.kind in {*LISTS, *SOCKETS}]

    def part(self, name: str) -> Part:
        """Return a part by its name."""
        return next(part for part in self.parts if part.name == name)


def parts(told: Iterable[Mapping[str, object]]) -> list[Part]:
    """Read the parts of a status."""
    found = []
    for one in told:
        pid = one.get("pid")
        words = {name: str(one.get(name) or "") for name in ("name", "kind", "url", "state")}
        found.append(Part(**words, pid=pid if isinstance(pid, int) else 0))
    return found
