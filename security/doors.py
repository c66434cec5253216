"""What every door of the API knows: who asks, within which property, and what was sent."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.views import APIView

from cluster import flags
from cluster.answers.problems import Problem
from security import selection
from security.caller import Caller
from security.targets import subject_of


class CallerView(APIView):
    """A door that knows who knocks."""

    @property
    def bare(self) -> HttpRequest:
        """Return Django's own request, for what is not DRF's."""
        bare: HttpRequest = self.request._request  # noqa: SLF001
        return bare

    @cached_property
    def caller(self) -> Caller:
        """Return who is asking; where the call names a property, with no other open to them."""
        caller: Caller = self.request.caller  # type: ignore[attr-defined]
        if not caller.is_known:
            return caller
        body, _ = self._sent
        named = selection.named_in(self.request.query_params, body)
        if named is not None:
            caller = selection.within(caller, named)
            flags.concern(lambda: subject_of(caller))
        return caller

    @cached_property
    def _sent(self) -> tuple[object, Problem | APIException | None]:
        """Return the body, or why it can not be read; DRF tells that only the first time it is asked."""
        try:
            return self.request.data, None
        except (Problem, APIException) as unreadable:
            return None, unreadable

    @property
    def body(self) -> Any:
        """Return what was sent. Raises what is wrong with it, each time."""
        body, unreadable = self._sent
        if unreadable is not None:
            raise unreadable
        return body
