"""Where a machine keeps its releases: a folder each, and a link to the one in force.

    RELEASES_DIR/0.1.0/manage.py …
    RELEASES_DIR/0.2.0/manage.py …
    RELEASES_DIR/current -> 0.2.0

Services start ``RELEASES_DIR/current/manage.py``. The link moves in one step, so whatever starts
anew, whenever, starts a whole release.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CURRENT = "current"
PATIENCE_SECONDS = 25  # within the half minute that a node has for an order
CHECK: Sequence[str] = ("serve", "--look")
"""What a release must be able to do on this machine before anything is stopped for it.

It fails on an unusable configuration, on a schema that is behind, and on code that can not be loaded.
"""
NOT_PART_OF_A_RELEASE = (".*", "var", "tests", "__pycache__")


class NotFit(Exception):
    """This machine can not go to that release."""


class Shelf:
    """The releases of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def releases(self) -> list[str]:
        """Return the names of the releases that are here."""
        if not self.folder.is_dir():
            return []
        return sorted(
            path.name for path in self.folder.iterdir() if path.name != CURRENT and self._is_one(path)
        )

    def build(self, release: str) -> str:
        """Return the full name of what is in that folder: its ``RELEASE`` file, else the folder's name."""
        label = self.folder / release / "RELEASE"
        return label.read_text().strip() if label.is_file() else release

    def in_force(self) -> str | None:
        """Return the full name of the build that `current` names; None when it names none."""
        link = self.folder / CURRENT
        return self.build(link.readlink().name) if link.is_symlink() else None

    def holding(self, build: str) -> str | None:
        """Return the folder that holds the build of that full name, if one does."""
        return next((name for name in self.releases() if self.build(name) == build), None)

    def command(self, release: str) -> list[str]:
        """Return how to run that release's manage.py: by its own Python when it brings one."""
        folder = self.folder / release
        python = folder / ".venv/bin/python"
        return [str(python if python.exists() else sys.executable), str(folder / "manage.py")]

    def check(self, release: str) -> None:
        """See that a release would run here, on this configuration and schema. Raises NotFit."""
        if not self._is_one(self.folder / release):
            here = ", ".join(self.releases()) or "none"
            raise NotFit(f"release {release} is not in RELEASES_DIR; here are: {here}")
        self._passes(release, CHECK)

    def add(self, house: Path, release: str) -> None:
        """Copy the house's code here as a build of that name; one that is here already is replaced."""
        folder = self.folder / release
        making = self.folder / f".{release}-{os.getpid()}"
        shutil.copytree(house, making, ignore=shutil.ignore_patterns(*NOT_PART_OF_A_RELEASE))
        (making / "RELEASE").write_text(f"{release}\n")
        if folder.exists():
            shutil.rmtree(folder)
        making.rename(folder)

    def put(self, release: str) -> None:
        """Make that release the one in force, in one step."""
        following = self.folder / f".{CURRENT}-{os.getpid()}"
        following.unlink(missing_ok=True)
        following.symlink_to(release, target_is_directory=True)
        following.replace(self.folder / CURRENT)

    def _passes(self, release: str, words: Sequence[str]) -> None:
        command = [*self.command(release), *words]
        try:
            done = subprocess.run(  # noqa: S603 - our own words, from the shelf of releases
                command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise NotFit(f"release {release} can not run `{' '.join(words)}`: {problem}") from None
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            raise NotFit(f"release {release} fails `{' '.join(words)}`: {said[-1]}")

    @staticmethod
    def _is_one(folder: Path) -> bool:
        return (folder / "manage.py").is_file()
