"""Two builds of one release, for a cluster that is to go forward and back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from cluster.local import nodes, plan
from cluster.local.nodes import Application
from cluster.local.plan import Refused
from cluster.local.verbs import Cluster
from cluster.releases.shelf import CURRENT, Shelf

WALK_SECONDS = 400.0


@dataclass(frozen=True, slots=True)
class Builds:
    """A cluster's way onto a shelf of two builds, from one to the other, and off the shelf again."""

    cluster: Cluster
    release: str

    @property
    def names(self) -> tuple[str, str]:
        """The older one and the newer one."""
        return f"{self.release}+drill.1", f"{self.release}+drill.2"

    @property
    def folder(self) -> Path:
        """Where they are kept meanwhile."""
        return self.cluster.folder / "releases"

    def begin(self) -> None:
        """Restart every node from the shelf, with the older build in force."""
        shelf, house = Shelf(self.folder), Path(self.cluster.application.program).parent
        self.folder.mkdir(exist_ok=True)
        for name in self.names:
            shelf.add(house, name)
        shelf.put(self.names[0])
        replace(self.cluster, application=self._application()).roll()

    def forward(self) -> None:
        """Go to the newer build by the command an operator types. Raises Refused."""
        self._walk("rollout", self.names[1])

    def back(self) -> None:
        """Go back to the build before. Raises Refused."""
        self._walk("rollback")

    def end(self) -> None:
        """Restart every node as it was before, and clear the shelf away."""
        self.cluster.roll()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _application(self) -> Application:
        application = self.cluster.application
        relaxed = {**application.relaxed, "RELEASES_DIR": str(self.folder)}
        return replace(application, program=self.folder / CURRENT / "manage.py", relaxed=relaxed)

    def _walk(self, *words: str) -> None:
        application, found = self._application(), plan.read(self.cluster.folder)
        assert found is not None
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, str(application.program), *words],
            env=nodes.environment(found, application),
            capture_output=True,
            text=True,
            timeout=WALK_SECONDS,
            check=False,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-300:]
            raise Refused(f"{words[0]} left with {done.returncode}: {said}")
