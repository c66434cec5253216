"""Whom a flag is asked about: a key to draw lots by, and labels that a switch may name.

What the labels mean is for the apps above; they register each kind, so that a person's typing
mistake is found before it is switched.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody. ``labels`` are groups like ``("kind:value", …)``, the most specific group first.

    Without a ``key`` it is nobody in particular, who is in every share above zero.
    """

    key: str
    labels: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of label; ``exists`` says whether a value of it names anything."""

    name: str
    help: str
    exists: Callable[[str], bool]


_kinds: dict[str, Kind] = {}
_asking: ContextVar[Callable[[], Subject] | None] = ContextVar("flag_subject", default=None)


def register_kind(name: str, help: str, exists: Callable[[str], bool]) -> None:  # noqa: A002
    """Let switches name labels of this kind."""
    _kinds[name] = Kind(name, help, exists)


def kinds() -> list[Kind]:
    """Return the kinds of labels, as they were registered."""
    return list(_kinds.values())


def is_known(label: str) -> bool:
    """Say whether a label names something that exists."""
    kind, _, value = label.partition(":")
    return kind in _kinds and bool(value) and _kinds[kind].exists(value)


def concern(subject: Callable[[], Subject] | None) -> None:
    """Say whose call this code answers from here on; it is worked out when a flag wants to know."""
    _asking.set(subject)


def concerned() -> Subject | None:
    """Return whose call this code answers, if anybody's."""
    subject = _asking.get()
    return subject() if subject else None
