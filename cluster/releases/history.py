"""The releases there have been, oldest first; the last one is this."""

from __future__ import annotations

import re

RELEASES = ("0.1.0",)


def is_known(release: str) -> bool:
    """Say whether there has been this release. A build's label after ``+`` does not count."""
    return base(release) in RELEASES


def base(release: str) -> str:
    """Return the release a build was made of: ``0.1.0`` of ``0.1.0+20261123``."""
    return release.partition("+")[0]


def is_older(release: str, other: str) -> bool:
    """Say whether ``release`` came before ``other``. Raises ValueError for one there never was."""
    return RELEASES.index(base(release)) < RELEASES.index(base(other))


def age(release: str) -> int:
    """Return how many releases have followed. Raises ValueError for one there never was."""
    return len(RELEASES) - 1 - RELEASES.index(base(release))


def place(release: str) -> int:
    """Return where a release stands in the history; one there never was stands after all others."""
    return RELEASES.index(base(release)) if is_known(release) else len(RELEASES)


def order(release: str) -> tuple[int, list[tuple[bool, int, str]]]:
    """Return where a build stands in the history; builds of one release by label, numbers as numbers."""
    _, _, label = release.partition("+")
    parts = re.findall(r"\d+|\D+", label)
    return place(release), [(not it.isdigit(), int(it) if it.isdigit() else 0, it) for it in parts]
