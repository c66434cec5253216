"""One node going to another release: looked over first, then the link, then a drain and a new start."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from cluster import control, identity
from cluster.control import ControlFailed
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
    release = str(arguments.get("to", ""))
    if release == identity.VERSION:
        return f"{RUNS} {release}"
    if settings.RELEASES_DIR is None:
        raise ControlFailed("RELEASES_DIR is not set on this node, so it has no other release")
    shelf = Shelf(settings.RELEASES_DIR)
    try:
        shelf.check(release)
    except NotFit as problem:
        raise ControlFailed(str(problem)) from None
    build = shelf.build(release)
    if build == identity.VERSION:
        return f"{RUNS} {build}"
    if arguments.get("look"):
        return f"could go to {build}"
    shelf.put(release)
    successor.leave_for(shelf.command(release))
    return f"leaves for {build}"
