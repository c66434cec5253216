"""The orders that take a node out of service and back into it."""

from __future__ import annotations

from typing import Any

from cluster import control
from cluster.control import ControlFailed
from cluster.serving import drain


def register_all() -> None:
    """Register them; called once when the app is ready."""
    control.register("drain", out_of_service, help="Take no new work; the process stays.")
    control.register("undrain", into_service, help="Take work again after a drain.")


def out_of_service(_: dict[str, Any]) -> str:
    """Do the order ``drain``."""
    if drain.is_draining():
        return "drains already"
    drain.begin("operator")
    return "drains"


def into_service(_: dict[str, Any]) -> str:
    """Do the order ``undrain``. Raises ControlFailed when the process is about to end."""
    if not drain.is_draining():
        return "was not draining"
    if not drain.end():
        raise ControlFailed("is about to stop")
    return "serves again"
