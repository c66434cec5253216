"""From where an act comes: the door, the address and the caller, wherever its code runs."""

from __future__ import annotations

import threading
from contextvars import ContextVar, Token
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import reverse

from security.addresses import client_address
from security.caller import ANONYMOUS, Caller


@dataclass(slots=True)
class Origin:
    """One call or socket. ``refused`` is the permission that somebody was just found not to have."""

    door: str
    request: HttpRequest | None = None
    known_address: str = ""
    known_caller: Caller | None = None
    refused: str = ""

    def address(self) -> str:
        """Return the client's address, nothing where there is no client."""
        if not self.known_address and self.request is not None:
            self.known_address = client_address(self.request)[:64]
        return self.known_address

    def caller(self) -> Caller:
        """Return who makes the call as far as that is known already; nobody is looked up for this."""
        if self.known_caller is not None or self.request is None:
            return self.known_caller or ANONYMOUS
        found = self.request.__dict__.get("caller")
        if type(found) is Caller:  # isinstance would ask the lazy one, and that the database
            return found
        known: Caller | None = self.request.__dict__.get("session_caller")
        return known or ANONYMOUS


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


def enter(origin: Origin) -> Token[Origin | None]:
    """Say where what follows comes from."""
    return _current.set(origin)


def leave(token: Token[Origin | None]) -> None:
    """Forget it."""
    _current.reset(token)


def current_origin() -> Origin:
    """Return where the act comes from; without a client it is a command's, or in a thread a job's."""
    found = _current.get()
    if found is not None:
        return found
    return Origin("command" if threading.current_thread() is threading.main_thread() else "job")


def refusing(permission: str) -> None:
    """Note what the caller was found not to be allowed, for the entry of the refusal."""
    found = _current.get()
    if found is not None:
        found.refused = permission


def of_request(request: HttpRequest) -> Origin:
    """Return the origin of a call."""
    return Origin(door_of(request.path_info), request)


def door_of(path: str) -> str:
    """Return which door a path leads to."""
    if path.startswith("/api/"):
        return "api"
    return "admin" if path.startswith(_back_office()) else "page"


@cache
def _back_office() -> str:
    return reverse("admin:index")
