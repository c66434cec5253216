"""Asking the provider: every wait and every size bounded, no redirect followed, no silent one asked again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from urllib3.exceptions import HTTPError

from security.single_sign_on.refusals import AWAY, Refused

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 2.0, 4.0, 8.0
RESPITE_SECONDS = 5.0
LARGEST = 256 * 1024
PIECE = 16 * 1024

# Few threads answer: they must not all wait for one provider that is away.
_silent_until: dict[str, float] = {}


def ask(
    address: str, *, form: Mapping[str, str] | None = None, login: tuple[str, str] | None = None
) -> dict[str, Any]:
    """Return the JSON object at an address, having sent a form there if there is one. Raises Refused."""
    where = urlsplit(address).netloc
    if _silent_until.get(where, 0.0) > time.monotonic():
        raise Refused("provider-away", AWAY)
    try:
        status, body = _exchange(address, form, login)
    except (requests.RequestException, HTTPError, OSError) as error:
        _silent_until[where] = time.monotonic() + RESPITE_SECONDS
        raise Refused("provider-away", AWAY) from error
    if status >= 500:
        raise Refused(f"provider-answered-{status}", AWAY)
    if status != 200:
        raise Refused(f"provider-answered-{status}")
    return _read_object(body)


def forget_silence() -> None:
    """Ask again at once whoever did not answer."""
    _silent_until.clear()


def _exchange(
    address: str, form: Mapping[str, str] | None, login: tuple[str, str] | None
) -> tuple[int, bytes]:
    until = time.monotonic() + WHOLE_SECONDS
    with requests.request(
        "GET" if form is None else "POST",
        address,
        data=form,
        auth=login,
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        timeout=(CONNECT_SECONDS, READ_SECONDS),
        allow_redirects=False,
        stream=True,
    ) as response:
        body = b""
        # read1 returns what one look at the socket gave: a drop at a time can not outlast the whole.
        while piece := response.raw.read1(PIECE):
            body += piece
            if len(body) > LARGEST or time.monotonic() > until:
                raise Refused("provider-answer-too-long")
        return int(response.status_code), body


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused("provider-answer-no-json") from None
    if not isinstance(found, dict):
        raise Refused("provider-answer-no-object")
    return found
