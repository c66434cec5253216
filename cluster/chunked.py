"""Bodies that come in chunks, without a length, under WSGI."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def measured(application: Application) -> Application:
    """Return ``application`` behind a reader that measures a body in chunks.

    Django takes no length for no body, so the words of a client that sends chunks (Node's do by
    default) would be lost without a sound.
    """

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        # Only a server that ends the input itself can be read to its end without hanging.
        if not environ.get("CONTENT_LENGTH") and environ.get("wsgi.input_terminated"):
            _measure(environ)
        return application(environ, start_response)

    return answer


def _measure(environ: Environ) -> None:
    if "chunked" not in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return
    # One byte over the limit is enough for Django to refuse it; the rest is nobody's memory.
    body = environ["wsgi.input"].read((settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) + 1)
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
