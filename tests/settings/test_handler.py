"""Django under ASGI, in one thread hop a request."""

import threading
from collections.abc import Iterator

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from settings.handler import OneHopHandler

produced: list[int] = []


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.read())))


def length(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.META["CONTENT_LENGTH"])


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def pieces() -> Iterator[bytes]:
        for number in range(1000):
            produced.append(threading.get_ident())
            yield b"%d," % number

    return StreamingHttpResponse(pieces())


urlpatterns = [path("echo", echo), path("length", length), path("stream", stream)]


@pytest.fixture
def handler(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    settings.ALLOWED_HOSTS = ["*"]
    produced.clear()
    return OneHopHandler()


def scope(path: str, method: str = "GET") -> dict[str, object]:
    return {"type": "http", "method": method, "path": path, "headers": [(b"host", b"x")], "query_string": b""}


async def test_it_answers(handler):
    conversation = ApplicationCommunicator(handler, scope("/echo", "POST"))
    await conversation.send_input({"type": "http.request", "body": b"abc", "more_body": True})
    await conversation.send_input({"type": "http.request", "body": b"de"})

    assert (await conversation.receive_output())["status"] == 200
    assert (await conversation.receive_output())["body"] == b"5"
    await conversation.wait()


async def test_it_does_not_keep_more_of_a_body_than_allowed(handler, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    conversation = ApplicationCommunicator(handler, scope("/echo", "POST"))
    for _ in range(5):
        await conversation.send_input({"type": "http.request", "body": b"x" * 8, "more_body": True})
    await conversation.send_input({"type": "http.request", "body": b""})

    await conversation.receive_output()
    assert (await conversation.receive_output())["body"] == b"11"
    await conversation.wait()


async def test_it_streams_piece_by_piece_from_one_thread(handler):
    conversation = ApplicationCommunicator(handler, scope("/stream"))
    await conversation.send_input({"type": "http.request", "body": b""})
    await conversation.receive_output()
    body = b""
    while (message := await conversation.receive_output()).get("more_body"):
        body += message["body"]

    await conversation.wait()
    assert body == b"".join(b"%d," % number for number in range(1000))
    assert len(set(produced)) == 1


async def test_a_body_in_chunks_has_a_length(handler):
    conversation = ApplicationCommunicator(handler, scope("/length", "POST"))
    await conversation.send_input({"type": "http.request", "body": b"abc", "more_body": True})
    await conversation.send_input({"type": "http.request", "body": b"de"})

    await conversation.receive_output()
    assert (await conversation.receive_output())["body"] == b"5"
    await conversation.wait()
