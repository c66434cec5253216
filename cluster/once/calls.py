"""One write, with or without a key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from cluster.answers import BytesAnswer, answer_bytes, dumps
from cluster.answers.problems import IdempotencyConflict, Invalid
from cluster.models import IdempotencyRecord
from cluster.once import records
from cluster.once.records import Call
from cluster.once.sealing import seal, unseal
from cluster.streams import Opened, unit_of_work

IDEMPOTENCY_KEY = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
PRINTABLE = re.compile(r"[ -~]{1,255}\Z")
KEY_PATTERN = "^[!-~]([ -~]{0,253}[!-~])?$"
"""The same for the schema: HTTP itself takes blanks off both ends."""
KEPT_HEADERS = ("ETag", "Last-Modified", "Location", "X-Stream-Cursor")

Do = Callable[[], HttpResponse]


def once(
    request: HttpRequest | Request, identity: str, do: Do, *, opened: Opened | None = None
) -> HttpResponse:
    """Answer ``do()``, run in one unit of work, or its first answer if the caller sent its key before.

    ``identity`` is the caller's stable name: keys of different callers never meet. A Problem that
    ``do`` raises takes the claim of the key back with everything else. ``opened`` as in ``unit_of_work``.
    """
    call = _call(request, identity)
    with unit_of_work(opened):
        if call is None:
            return do()
        claim = records.claim(call)
        return _replay(call) if claim is None else _first(call, claim, do)


def _call(request: HttpRequest | Request, identity: str) -> Call | None:
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not PRINTABLE.match(key):
        raise Invalid.field(IDEMPOTENCY_KEY, "Use 1 to 255 printable ASCII characters.")
    return Call(
        scope=_digest(identity, request.method or "", request.path_info),
        key=key,
        content=_digest(request.body, request.META.get("QUERY_STRING", "")),
    )


def _first(call: Call, claim: int, do: Do) -> HttpResponse:
    response = do()
    if not 200 <= response.status_code < 300:
        records.let_go(claim)
        return response
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    records.keep(
        claim, status=response.status_code, headers=headers, body=seal(_encoded(response), call.place)
    )
    return response


def _replay(call: Call) -> HttpResponse:
    record = records.find(call)
    if not call.is_same_as(record.fingerprint):
        raise IdempotencyConflict
    return _again(record, call)


def _again(record: IdempotencyRecord, call: Call) -> HttpResponse:
    opened = unseal(record.body, call.place)
    if opened is None:
        raise IdempotencyConflict(
            "This Idempotency-Key was used before, and its answer can no longer be read."
        )
    headers = {**record.headers, REPLAYED: "true"}
    if record.status == 204:
        return HttpResponse(status=204, headers=headers)
    lengths, _, parts = opened.partition(b"\n")
    data = int(lengths)
    return answer_bytes(parts[:data], pagination=parts[data:] or None, status=record.status, headers=headers)


def _encoded(response: HttpResponse) -> bytes:
    """Return data and pagination behind the length of data; ids and time of an answer are its own."""
    data, pagination = _parts(response)
    return b"%d\n%b%b" % (len(data), data, pagination)


def _parts(response: HttpResponse) -> tuple[bytes, bytes]:
    if response.status_code == 204:
        return b"", b""
    if isinstance(response, BytesAnswer):
        return response.data_bytes, response.pagination_bytes or b""
    if isinstance(response, Response):
        pagination = getattr(response, "pagination", None)
        return dumps(response.data), b"" if pagination is None else dumps(pagination)
    raise TypeError("a write with an Idempotency-Key answers with answer() or answer_bytes()")


def _digest(*parts: str | bytes) -> str:
    """Return one digest of the parts, each behind its length so that none can pass for two."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        total.update(b"%d:" % len(raw))
        total.update(raw)
    return total.hexdigest()
