"""Doors for the tests of this layer: one that raises, one that echoes, one that writes."""

from __future__ import annotations

import itertools
from threading import Event as Signal

from django.core import exceptions as django
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_protect
from rest_framework import exceptions as drf
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cluster.answers import EnvelopeRenderer, StrictJSONParser, answer, answer_bytes, problems
from cluster.models import StreamHead
from cluster.once import once

GUEST = "Mr Nguyen of room 101"

RAISED: dict[str, Exception] = {
    "problem": problems.RuleViolated("No notes.", details=[problems.detail("notes", "Say why.", "required")]),
    "invalid": drf.ValidationError({"room_number": ["Wrong."], "items": [{}, {"unit_price": ["Too low."]}]}),
    "whole": drf.ValidationError({"non_field_errors": ["One of them."]}),
    "model": django.ValidationError({"room_number": ["Wrong."]}),
    "stranger": drf.NotAuthenticated(),
    "forbidden": drf.PermissionDenied(),
    "missing": Http404(),
    "throttled": drf.Throttled(wait=12.3),
    "too_big": django.RequestDataTooBig(),
    "suspicious": django.SuspiciousOperation(),
    "away": OperationalError(f"connection refused for {GUEST}"),
    "closed": InterfaceError("connection already closed"),
    "integrity": IntegrityError(f"DETAIL: Failing row contains ({GUEST})"),
    "data": DataError(f"invalid input {GUEST}"),
    "bug": ValueError(f"can not read {GUEST}"),
}


class Door(APIView):
    authentication_classes = ()
    permission_classes = ()
    parser_classes = (StrictJSONParser,)
    renderer_classes = (EnvelopeRenderer,)


class Raising(Door):
    def get(self, request: Request, name: str) -> Response:
        raise RAISED[name]


class Echo(Door):
    def get(self, request: Request) -> Response:
        return answer({"text": "2 < 3 & 5 > 4"}, pagination={"page": 1}, headers={"ETag": '"7"'})

    def post(self, request: Request) -> Response:
        return answer(request.data, status=201)

    def delete(self, request: Request) -> Response:
        return Response(status=204)


class Quick(Door):
    def get(self, request: Request) -> HttpResponse:
        return answer_bytes(b'{"id":7}', pagination=b'{"page":1}', headers={"ETag": '"7"'})


class Write(Door):
    """Makes one row a call; may be told to wait, and to fail after the row is there."""

    ids = itertools.count(1)
    gate: Signal | None = None
    entered = Signal()
    failures: list[Exception] = []

    def post(self, request: Request) -> HttpResponse:
        return once(request, request.headers.get("X-Caller", "user:1"), lambda: self._write(request))

    def _write(self, request: Request) -> HttpResponse:
        row = StreamHead.objects.create(stream=1000 + next(Write.ids), epoch="e1")
        Write.entered.set()
        if Write.gate is not None:
            Write.gate.wait(timeout=10)
        if Write.failures:
            raise Write.failures.pop()
        headers = {"ETag": '"1"'}
        if request.data.get("quick"):
            return answer_bytes(
                b'{"row":%d}' % row.stream, pagination=b'{"page":1}', status=201, headers=headers
            )
        return answer({"row": row.stream, "token": "tk_once"}, status=201, headers=headers)


class Remove(Door):
    def delete(self, request: Request) -> HttpResponse:
        return once(request, "user:1", self._remove)

    def _remove(self) -> HttpResponse:
        StreamHead.objects.create(stream=1000 + next(Write.ids), epoch="e1")
        return HttpResponse(status=204)


@api_view(["GET"])
def unguarded(request: Request) -> Response:
    return Response({})


def plain_bug(request: HttpRequest) -> HttpResponse:
    raise RAISED["bug"]


def plain_away(request: HttpRequest) -> HttpResponse:
    raise RAISED["away"]


@csrf_protect
def form(request: HttpRequest, name: str = "") -> HttpResponse:
    return HttpResponse("thanks")


handler400 = "cluster.answers.bad_request"
handler403 = "cluster.answers.permission_denied"
handler404 = "cluster.answers.not_found"
handler500 = "cluster.answers.server_error"

urlpatterns = [
    path("api/raise/<name>", Raising.as_view()),
    path("api/echo", Echo.as_view()),
    path("api/quick", Quick.as_view()),
    path("api/write", Write.as_view()),
    path("api/write-too", Write.as_view()),
    path("api/remove", Remove.as_view()),
    path("api/plain/bug", plain_bug),
    path("api/plain/away", plain_away),
    path("api/guest/<name>", form),
    path("page/bug", plain_bug),
    path("page/form", form),
    path("", include("cluster.urls")),
]
