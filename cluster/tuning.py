"""Knobs of operation: as the environment sets them, or their defaults while a flag says so.

Nothing that protects is among them. ``settings.TUNING_DEFAULTS`` names each with its default.
"""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings

from cluster import flags

LOG_LEVEL = "LOG_LEVEL"

_switches: list[flags.Flag] = []
_own_level: list[int] = []


def switched_by(flag: flags.Flag) -> None:
    """Let a flag take the tuning back; the app that knows the flag's name says so when it is ready."""
    _switches.append(flag)


def is_tuned() -> bool:
    """Say whether the knobs stand as the environment says; asks nobody."""
    return all(map(flags.is_known_on, _switches))


def value(name: str) -> Any:
    """Return what a knob stands at now."""
    return getattr(settings, name) if is_tuned() else settings.TUNING_DEFAULTS[name]


def apply() -> None:
    """Follow the flag with what is not asked for by name: the log level; the node calls it each half second.

    A level that was ordered at runtime is tuning too, and comes back with the flag.
    """
    root = logging.getLogger()
    if not is_tuned() and not _own_level:
        _own_level.append(root.level)
        root.setLevel(settings.TUNING_DEFAULTS[LOG_LEVEL])
    elif is_tuned() and _own_level:
        root.setLevel(_own_level.pop())
