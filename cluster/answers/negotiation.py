"""Which form an answer takes: JSON, unless a view offers what the client asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JsonUnlessAsked(DefaultContentNegotiation):
    """Never refuses for ``Accept``: old clients send any, and a refusal would be JSON anyway."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer the client prefers, else the view's first."""
        offered: list[Any] = list(renderers)
        first = offered[0]
        if len(offered) == 1:
            return first, first.media_type
        try:
            chosen: tuple[BaseRenderer, str] = super().select_renderer(request, offered, format_suffix)
        except NotAcceptable:
            return first, first.media_type
        return chosen
