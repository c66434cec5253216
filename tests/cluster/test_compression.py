"""Answers leave smaller for who asks, and never where a secret could be told from the length."""

from __future__ import annotations

import gzip
from typing import Any

import brotli
import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from cluster.middleware.compression import CompressionMiddleware
from tests import cast
from tests.cast import Hotel

BODY = b'{"towels": "%s"}' % (b"more and " * 400)
ASKED = {"Accept-Encoding": "gzip"}


def answered(
    response: HttpResponse | StreamingHttpResponse, method: str = "GET", path: str = "/api/x", **meta: Any
) -> Any:
    def inner(request: HttpRequest) -> Any:
        request.META.update(meta)
        return response

    return CompressionMiddleware(inner)(RequestFactory().generic(method, path, headers=ASKED))


def data(**headers: str) -> HttpResponse:
    return HttpResponse(BODY, content_type="application/json", headers=headers)


def test_it_works() -> None:
    found = answered(data(ETag='W/"7"'))
    assert gzip.decompress(found.content) == BODY
    assert (found["Content-Encoding"], found["Vary"], found["ETag"]) == ("gzip", "Accept-Encoding", 'W/"7"')
    assert found["Content-Length"] == str(len(found.content))


def test_it_can_be_switched_off(settings: Any) -> None:
    settings.COMPRESSION_ENABLED = False
    with pytest.raises(MiddlewareNotUsed):
        CompressionMiddleware(lambda _: data())


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("br, gzip", "br"),
        ("GZIP;q=0.5", "gzip"),
        ("gzip;q=0, br;q=0.0", ""),
        ("", ""),
        ("identity", ""),
        ("*", ""),
    ],
)
def test_only_who_asks_gets_it(asked: str, given: str) -> None:
    request = RequestFactory().get("/api/x", headers={"Accept-Encoding": asked})
    found = CompressionMiddleware(lambda _: data())(request)
    assert found.get("Content-Encoding", "") == given
    assert found["Vary"] == "Accept-Encoding"
    assert (brotli.decompress(found.content) if given == "br" else BODY) == BODY


@pytest.mark.parametrize(
    "path",
    [
        "/api/auth/me",
        "/api/auth/login",
        "/api/stay",
        "/api/stay/7",
        "/api/ws-ticket",
        "/admin/x/",
        "/accounts/2fa/",
    ],
)
def test_it_does_not_touch_what_holds_secrets(path: str) -> None:
    assert not answered(data(), path=path).has_header("Content-Encoding")


def test_it_does_not_touch_a_page_with_a_csrf_token_or_a_cookie() -> None:
    assert not answered(data(), CSRF_COOKIE_NEEDS_UPDATE=True).has_header("Content-Encoding")
    response = data()
    response.set_cookie("sessionid", "x")
    assert not answered(response).has_header("Content-Encoding")


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_it_does_not_touch_the_answer_to_a_write(method: str) -> None:
    assert not answered(data(), method).has_header("Content-Encoding")


def test_it_does_not_touch_what_is_streamed_small_named_by_its_bytes_or_no_text() -> None:
    assert not answered(StreamingHttpResponse([BODY])).has_header("Content-Encoding")
    assert not answered(HttpResponse(b"{}", content_type="application/json")).has_header("Content-Encoding")
    assert not answered(data(ETag='"7"')).has_header("Content-Encoding")
    assert not answered(HttpResponse(BODY, content_type="image/png")).has_header("Content-Encoding")
    assert not answered(HttpResponse(status=304)).has_header("Content-Encoding")


def test_both_ways_into_the_api(client: Client, hotel: Hotel) -> None:
    for number in range(5):
        client.post(
            "/api/request",
            {"requestText": f"towels {number}", "roomNumber": "101"},
            content_type="application/json",
            headers=cast.bearer(hotel.lan),
        )
    found = [client.get("/api/request", headers={**cast.bearer(hotel.lan), **ASKED}) for _ in range(3)]
    assert [it["Content-Encoding"] for it in found] == ["gzip"] * 3
    assert len({gzip.decompress(it.content).split(b',"_metadata"')[0] for it in found}) == 1
    seen = {**cast.bearer(hotel.lan), **ASKED, "If-None-Match": found[0]["ETag"]}
    assert client.get("/api/request", headers=seen).status_code == 304
