"""A body without a length arrives whole, or is refused; it is never lost."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest

from cluster.chunked import measured

CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}


def seen(body: bytes, environ: dict[str, Any]) -> tuple[str | None, bytes]:
    """Return the length and the body the application is given."""
    found: dict[str, Any] = {"wsgi.input": BytesIO(body)} | environ

    def application(environ: dict[str, Any], start_response: object) -> Iterable[bytes]:
        return []

    measured(application)(found, lambda *_: None)
    return found.get("CONTENT_LENGTH"), found["wsgi.input"].read()


def test_it_works() -> None:
    assert seen(b'{"a": 1}', CHUNKED) == ("8", b'{"a": 1}')


def test_it_does_not_keep_more_than_the_limit(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert seen(b"x" * 1000, CHUNKED) == ("101", b"x" * 101)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"wsgi.input_terminated": True},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        CHUNKED | {"CONTENT_LENGTH": "3"},
    ],
)
def test_it_does_not_touch_any_other(environ: dict[str, Any]) -> None:
    assert seen(b"abc", environ) == (environ.get("CONTENT_LENGTH"), b"abc")
