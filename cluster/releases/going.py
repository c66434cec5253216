"""One node going to another release: looked over first, then the link, then a drain and a new start."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from cluster import control, identity
from cluster.control import ControlFailed
from cluster.releases import departures
from cluster.releases.shelf import NotFit, Shelf
from cluster.serving import successor

COMMAND = "release"
RUNS = "runs already"


def register_all() -> None:
    """Register the command; called once when the app is ready."""
    control.register(COMMAND, go, help="Leave for another release of RELEASES_DIR: to=RELEASE.")


def go(arguments: dict[str, Any]) -> str:
    """Do the order ``release``: begin to leave for release ``to``; with ``look`` only say whether we could.

    The last word of the answer is the build's full name. Raises ControlFailed, changing nothing.
    """
    release, look = str(arguments.get("to", "")), bool(arguments.get("look"))
    if settings.RELEASES_DIR is None:
        if release == identity.VERSION:
            return f"{RUNS} {release}"
        raise ControlFailed("RELEASES_DIR is not set on this node, so it has no other release")
    shelf = Shelf(settings.RELEASES_DIR)
    if identity.VERSION in (release, shelf.build(release)):
        return _stays(shelf, look=look)
    try:
        shelf.check(release)
    except NotFit as problem:
        raise ControlFailed(str(problem)) from None
    build = shelf.build(release)
    if look:
        return f"could go to {build}"
    shelf.put(release)
    successor.leave_for(shelf.command(release))
    return departures.answer(build)


def _stays(shelf: Shelf, *, look: bool) -> str:
    """See that what starts anew on this machine starts what this node runs.

    Another node may have moved the link for a release in which it then died.
    """
    build = identity.VERSION
    mine = shelf.holding(build)
    if mine is None or shelf.in_force() in (None, build):
        return f"{RUNS} {build}"
    if look:
        return f"{RUNS}; `current` names {shelf.in_force()}, it would again name {build}"
    shelf.put(mine)
    return f"{RUNS}; `current` again names {build}"
