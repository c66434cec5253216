"""The means to break and mend a local cluster: the verbs of `manage.py local`, and a flush of Redis."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from cluster.local import keys, nodes, plan
from cluster.local.plan import Refused
from cluster.local.verbs import Cluster
from requests_app.drill.place import Part, parts

REDIS = "redis"
FLUSH_SECONDS, WALK_SECONDS = 5.0, 300.0


class NoMeans(Exception):
    """The fault can not be made; the text says why."""


class Faults(Protocol):
    """Somebody who can break things."""

    async def do(self, verb: str, *words: str) -> None:
        """Do it. Raises NoMeans."""

    def parts(self) -> list[Part]:
        """Return what runs now: whoever was killed has another pid. Empty where nobody knows."""


class Nobody:
    """For a service that is not ours to break."""

    async def do(self, verb: str, *words: str) -> None:
        """Refuse."""
        raise NoMeans(f"{verb} {' '.join(words)} needs a local cluster (make cluster), not only --url")

    def parts(self) -> list[Part]:
        """Know nothing."""
        return []


@dataclass(frozen=True, slots=True)
class Local:
    """The verbs of a local cluster, each done in a thread: most wait until it is done.

    `releases` are the two it keeps, the older one first; only with them can it go forward and back.
    """

    cluster: Cluster
    releases: tuple[str, ...] = ()

    async def do(self, verb: str, *words: str) -> None:
        """Do one verb."""
        try:
            if verb == "flush":
                await self._flush()
            else:
                await asyncio.to_thread(self._verb(verb, *words))
        except Refused as refused:
            raise NoMeans(str(refused)) from None

    def parts(self) -> list[Part]:
        """Ask the process table."""
        told: Any = self.cluster.status()
        return parts(told["parts"])

    def _verb(self, verb: str, name: str = "", milliseconds: str = "0") -> Callable[[], None]:
        cluster = self.cluster
        named: dict[str, Callable[[str], None]] = {
            "kill": cluster.kill,
            "pause": cluster.pause,
            "resume": cluster.resume,
            "stop": cluster.stop,
            "start": cluster.start,
        }
        if verb in named:
            return lambda: named[verb](name)
        if verb in ("cut", "slow", "heal"):
            return lambda: cluster.wire(name, cut=verb == "cut", slow=float(milliseconds))
        if verb == "roll":
            return cluster.roll
        if verb in ("rollout", "rollback"):
            return lambda: self._walk(verb)
        raise NoMeans(f"there is no verb {verb!r}")

    def _walk(self, verb: str) -> None:
        """Go to the newer release, or back, by the command an operator types."""
        if not self.releases:
            raise NoMeans(f"{verb} needs two releases: a cluster of --up keeps them")
        application = self.cluster.application
        found = plan.read(self.cluster.folder)
        assert found is not None
        words = (verb, self.releases[-1]) if verb == "rollout" else (verb,)
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, str(application.program), *words],
            env=nodes.environment(found, application),
            capture_output=True,
            text=True,
            timeout=WALK_SECONDS,
            check=False,
        )
        if done.returncode:
            raise NoMeans(
                f"{verb} left with {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}"
            )

    async def _flush(self) -> None:
        """Empty Redis, as an operator's slip does."""
        place = urlsplit(next(part.url for part in self.parts() if part.name == REDIS))
        password = keys.kept(self.cluster.folder)["REDIS_PASSWORD"]
        try:
            async with asyncio.timeout(FLUSH_SECONDS):
                reader, writer = await asyncio.open_connection(place.hostname, place.port)
                writer.write(f"AUTH {password}\r\nFLUSHALL\r\n".encode())
                said = [await reader.readline(), await reader.readline()]
                writer.close()
        except (OSError, TimeoutError) as problem:
            raise NoMeans(f"Redis could not be flushed: {problem!r}") from None
        if not all(word.startswith(b"+OK") for word in said):
            raise NoMeans("Redis refused to be flushed")
