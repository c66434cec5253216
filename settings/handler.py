"""Django under ASGI, in one thread hop a request."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from os import SEEK_END
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from cluster.answers import problems, refuse
from cluster.middleware import ProbesMiddleware, RequestIdentityMiddleware, TrailingSlashMiddleware
from security.headers import HeadersMiddleware

Message = Mapping[str, Any]
Created = tuple[ASGIRequest, None] | tuple[None, HttpResponseBase]
Receive = Callable[[], Awaitable[Message]]


class OneHopHandler(ASGIHandler):
    """An ASGI handler whose whole chain, middleware and view, runs in one thread.

    Our views are synchronous. Django's own handler keeps an asynchronous chain around them and
    pays thread hops for every middleware: 2.4 times the CPU of an almost empty view, measured.
    """

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)

    def create_request(self, scope: Message, body_file: IO[bytes]) -> Created:
        """A request that knows its length even when it came in chunks; DRF takes no length for no body."""
        created: Created = super().create_request(scope, body_file)
        request = created[0]
        if request is not None and "CONTENT_LENGTH" not in request.META:
            length = body_file.seek(0, SEEK_END)
            body_file.seek(0)
            request.META["CONTENT_LENGTH"] = str(length) if length else ""
        return created

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the request's own thread, and stream from it too."""
        response: HttpResponseBase = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        response._handler_class = type(self)  # type: ignore[attr-defined]  # noqa: SLF001
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = piecewise(response.streaming_content)  # type: ignore[arg-type]
        return response

    async def read_body(self, receive: Receive) -> IO[bytes]:
        """Read a body; what is beyond the limit is read but not kept."""
        return await super().read_body(bounded(receive, settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))


class ProbesHandler(OneHopHandler):
    """Answers the probes; every other path leads nowhere, and no page or view is even loaded."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Build a chain of a few rooms in place of the whole house."""
        probes = convert_exception_to_response(ProbesMiddleware(nowhere))
        self._middleware_chain = RequestIdentityMiddleware(HeadersMiddleware(TrailingSlashMiddleware(probes)))


def nowhere(request: HttpRequest) -> HttpResponse:
    """Answer a path that only other nodes know."""
    return refuse(problems.NotFound("This node serves sockets only."), request)


def bounded(receive: Receive, limit: int) -> Receive:
    """The same messages with at most `limit` bytes of body, so that nobody fills our disk."""
    left = limit

    async def next_message() -> Message:
        nonlocal left
        message = await receive()
        if body := message.get("body"):
            message = {**message, "body": body[:left]}
            left -= len(message["body"])
        return message

    return next_message


async def piecewise(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    """A synchronous stream taken piece by piece; Django would first gather all of it in memory."""
    following = iter(pieces)

    def take() -> bytes | None:
        return next(following, None)

    while (piece := await sync_to_async(take, thread_sensitive=True)()) is not None:
        yield piece
