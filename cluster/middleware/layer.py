"""Middleware that runs as it is under WSGI and under ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], Any]


class Layer:
    """One layer around the rest; a subclass says what it does in ``answer`` and ``answer_async``."""

    sync_capable: ClassVar[bool] = True
    async_capable: ClassVar[bool] = True

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        """Answer the way the rest answers."""
        return self.answer_async(request) if self._is_async else self.answer(request)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer under WSGI."""
        raise NotImplementedError

    async def answer_async(self, request: HttpRequest) -> HttpResponse:
        """Answer under ASGI."""
        raise NotImplementedError
