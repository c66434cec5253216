"""Where traces are wanted, ``settings`` puts a tracer here; else nothing is done and nothing imported."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from django.http import HttpRequest

from cluster.bus.bells import Call


class Followed(Protocol):
    """A call that is being answered."""

    def answered(self, *, route: str, status: int) -> None:
        """Take note of how it went."""


class Tracer(Protocol):
    """Follows a call over processes."""

    def call(self, request: HttpRequest, request_id: str) -> AbstractContextManager[Followed]:
        """Follow a call until it is answered."""

    def current(self) -> str:
        """Return the trace of this moment in a form that crosses processes, if there is one."""

    def delivered(self, call: Call, *, stream: int, seq: int, sockets: int) -> None:
        """Take note that sockets were given what a call did; returns at once."""


class Untraced:
    """Follows nothing."""

    def call(self, request: HttpRequest, request_id: str) -> AbstractContextManager[Followed]:  # noqa: ARG002
        """Follow nothing."""
        return UNFOLLOWED

    def current(self) -> str:
        """Return nothing."""
        return ""

    def delivered(self, call: Call, *, stream: int, seq: int, sockets: int) -> None:
        """Do nothing."""


class Unfollowed(AbstractContextManager["Unfollowed"]):
    """A call nobody follows; one for all, since it holds nothing."""

    def answered(self, *, route: str, status: int) -> None:
        """Do nothing."""

    def __exit__(self, *_: object) -> None:
        """Let pass what was raised."""


UNFOLLOWED = Unfollowed()
_tracer: Tracer = Untraced()


def follow_by(tracer: Tracer) -> None:
    """Follow every call from now on."""
    global _tracer  # noqa: PLW0603
    _tracer = tracer


def tracer() -> Tracer:
    """Return who follows calls in this process."""
    return _tracer
