"""What every door here does alike: know the caller, read ids and bodies, find the property."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from cluster import flags
from cluster.answers.problems import AuthenticationRequired, NotFound, Problem
from cluster.once import once
from cluster.shapes import CamelSerializer
from cluster.streams import Opened
from requests_app import access
from requests_app.api import swift_writes
from requests_app.flags import CONTROLLER
from requests_app.problems import RequestNotFound
from security import permissions, selection
from security.doors import CallerView

IDENTIFIER = re.compile(r"[1-9][0-9]{0,17}")

Said = dict[str, Any]
Check = Callable[[], object]
Mend = Callable[[object], object]


class Door(CallerView, ViewSet):
    """A viewset that knows who knocks."""

    swift: ClassVar[frozenset[str]] = frozenset()
    """The actions that may be reached the short way: all they change, they change within ``write``."""

    opened: Opened | None = None
    """What looks at the control stream's head before anything is written, if anybody wants to."""

    @classmethod
    def as_view(cls, actions: Any = None, **options: Any) -> Any:
        """Return the view, with the short way to its writes before it."""
        return swift_writes.before(super().as_view(actions, **options), cls, actions or {})

    def options(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:  # type: ignore[override]
        """Tell the methods, nothing else: not even whether the object exists."""
        return HttpResponse(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    def write(self, do: Callable[[], HttpResponse]) -> HttpResponse:
        """Answer ``do()``, or its first answer when its ``Idempotency-Key`` came before."""
        return once(self.request, self.caller.identity(), do, opened=self.opened)

    def identifier(self, text: str, missing: type[NotFound] = NotFound) -> int:
        """Return an id from a path. Nobody learns of anything without a credential; garbage is not found."""
        if not self.caller.is_known:
            raise AuthenticationRequired
        if not IDENTIFIER.fullmatch(text):
            raise missing()
        return int(text)

    def request_id(self, text: str) -> int:
        """Return the id of a request from a path."""
        return self.identifier(text, RequestNotFound)

    def require_v2(self) -> None:
        """Refuse what the old system did not have, where its controller is switched off."""
        if not flags.is_on(CONTROLLER):
            raise NotFound if self.caller.is_known else AuthenticationRequired

    def read(
        self, shape: type[CamelSerializer], check: Check, *, partial: bool = False, mend: Mend | None = None
    ) -> Said:
        """Return what the body says; ``check`` raises 401, 404 or 403, which come before any 400."""
        with refusing_first(check):
            return shape.read(mend(self.body) if mend else self.body, partial=partial)

    def read_about(
        self, shape: type[CamelSerializer], permission: str, request_id: int, *, partial: bool = False
    ) -> Said:
        """Return what the body says about one request."""
        return self.read(shape, lambda: access.get(self.caller, permission, request_id), partial=partial)

    def read_for(self, shape: type[CamelSerializer], permission: str) -> Said:
        """Return what the body says, from a caller who may do this somewhere."""
        return self.read(shape, lambda: permissions.require_anywhere(self.caller, permission))

    def scope(self, permission: str) -> frozenset[int] | None:
        """Return the properties a read is about: the one named, else all where the caller may (None: all)."""
        return permissions.require_anywhere(self.caller, permission)

    def property_for(self, permission: str, said: Said) -> int:
        """Return the property a write is for: named in the body or the query, else the only one."""
        named = said.pop("property_id", None)
        if named is None:
            named = selection.named_in(self.request.query_params)
        return selection.property_for(self.caller, permission, named)


@contextmanager
def refusing_first(check: Check) -> Iterator[None]:
    """Run ``check`` before telling that a body is wrong; a good body does not pay for it."""
    try:
        yield
    except (Problem, APIException):
        check()
        raise
