"""The envelope every JSON answer leaves in, built by joining bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

from django.http import HttpRequest, HttpResponse
from rest_framework.response import Response

from cluster import identity
from cluster.answers.encoding import dumps
from cluster.answers.problems import Problem
from cluster.context import current_request_id

JSON = "application/json"
# The names the old system's clients already know.
MODULE = "request-module"
ARCHITECTURE = "django-cluster"

_older: list[tuple[Callable[[], bool], Callable[[bytes], bytes]]] = []


class Answer(Response):
    """A successful answer that the renderer puts into the envelope."""

    def __init__(
        self,
        data: object = None,
        *,
        status: int = 200,
        pagination: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, status=status, headers=dict(headers or {}))
        self.pagination = pagination


class BytesAnswer(HttpResponse):
    """A successful answer whose parts were JSON already; they stay at hand for a replay."""

    data_bytes: bytes
    pagination_bytes: bytes | None


def answer(
    data: object = None,
    *,
    status: int = 200,
    pagination: object = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return a success whose ``data`` the renderer encodes."""
    return Answer(data, status=status, pagination=pagination, headers=headers)


def answer_bytes(
    data: bytes,
    *,
    status: int = 200,
    pagination: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> BytesAnswer:
    """Return a success whose ``data`` and ``pagination`` are JSON already, escaped by their maker."""
    response = BytesAnswer(success(data, pagination), content_type=JSON, status=status)
    response.data_bytes = data
    response.pagination_bytes = pagination
    if headers:
        for name, value in headers.items():
            response[name] = value
    return response


def success(data: bytes, pagination: bytes | None = None) -> bytes:
    """Return the envelope around encoded ``data``, or the older one where that is wanted."""
    for is_wanted, reshape in _older:
        if is_wanted():
            return _joined(reshape(data), pagination) + b"}"
    return _joined(data, pagination) + metadata()


def reshaped_by(is_wanted: Callable[[], bool], reshape: Callable[[bytes], bytes]) -> None:
    """Let successes leave in an older shape, without metadata, for as long as ``is_wanted`` says so."""
    _older.append((is_wanted, reshape))


def _joined(data: bytes, pagination: bytes | None) -> bytes:
    """Return the envelope up to where the metadata begins."""
    if pagination is None:
        return b'{"success":true,"data":' + data
    return b'{"success":true,"data":' + data + b',"pagination":' + pagination


def failure(problem: Problem, request_id: str | None = None) -> bytes:
    """Return the envelope of a refusal."""
    said: dict[str, object] = {"success": False, "error": problem.error, "code": problem.code}
    if problem.details:
        said["details"] = problem.details
    if problem.retry_after is not None:
        said["retryAfter"] = problem.retry_after
    return dumps(said)[:-1] + metadata(request_id)


def refuse(problem: Problem, request: HttpRequest | None = None) -> HttpResponse:
    """Return the answer that tells ``problem``, for code outside of a DRF view too.

    ``request`` names the answer where its context is out of reach.
    """
    named = current_request_id() or getattr(request, "request_id", "")
    response = HttpResponse(
        failure(problem, named), content_type=JSON, status=problem.status, headers=problem.headers
    )
    return logged_already(response)


def logged_already(response: HttpResponse) -> HttpResponse:
    """Return ``response`` so that Django does not log its path, which may hold a guest's name."""
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own mark
    return response


def metadata(request_id: str | None = None) -> bytes:
    """Return the end of every envelope, from the comma on."""
    before, after = _fixed()
    now = datetime.now(UTC).isoformat(timespec="milliseconds")[:-6]
    # A request id is a checked token: it needs no escapes.
    return f'{before}{now}Z","requestId":"{request_id or current_request_id()}"{after}'.encode()


@cache
def _fixed() -> tuple[str, str]:
    """Return what is the same in every answer of this process, before and after what is not."""
    same = dumps({"module": MODULE, "version": identity.VERSION, "architecture": ARCHITECTURE}).decode()
    instance = dumps({"instanceId": identity.instance_id()}).decode()
    return f',"_metadata":{same[:-1]},"timestamp":"', f",{instance[1:]}}}"
