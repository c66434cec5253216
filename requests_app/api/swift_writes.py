"""The short way to a write by somebody this process remembers: the same door, without DRF's shell.

Who asks is taken from memory, and settled by the first trip of the write's own transaction: it
reads the version of everybody's access there, so that whoever lost a right before it began is
never served. The door, its shapes, its verb and its refusals are the same as on the whole way,
which takes every call that is not plainly of this kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from rest_framework.views import APIView

from cluster import flags
from cluster.answers import Problem, bodies, handle
from cluster.streams import Head, read_standing
from security import memory
from security.memory import Remembered
from security.targets import subject_of

View = Callable[..., Any]


class AccessMoved(Exception):
    """Somebody's access has changed since the caller was met: the whole way finds out whose."""


class Call:
    """One call in the place of DRF's request: Django's own, who makes it, and what was sent."""

    def __init__(self, bare: HttpRequest, remembered: Remembered, data: Any) -> None:
        self._request = bare
        self._remembered = remembered
        self.caller = remembered.caller
        self.data = data
        self.query_params = bare.GET
        self.is_settled = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)

    def settle(self, heads: Mapping[int, Head]) -> None:
        """Go on only when the caller is still who they were. Raises AccessMoved."""
        if not memory.recognise(self._request, self._remembered, heads):
            raise AccessMoved
        self.is_settled = True


def before(view: View, door: type[Any], actions: Mapping[str, str]) -> View:
    """Return ``view`` behind the short way to those of its actions that the door offers there."""
    offered = {method.upper(): name for method, name in actions.items() if name in door.swift}
    if not offered:
        return view
    allow = _allow(actions)

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **names: object) -> Any:
        action = offered.get(request.method or "")
        call = _call(request) if action else None
        response = _shortly(door, str(action), call, names) if call else None
        if response is None:
            return view(request, *args, **names)
        response.headers["Allow"] = allow
        return response

    return answered


def _call(request: HttpRequest) -> Call | None:
    """Return what is plainly a call with JSON or nothing, by somebody met a moment ago."""
    remembered = memory.recall(request.META.get("HTTP_AUTHORIZATION", ""))
    if remembered is None:
        return None
    if request.META.get("CONTENT_LENGTH") in (None, "", "0"):
        return Call(request, remembered, {}) if request.content_type in ("", bodies.MEDIA_TYPE) else None
    if request.content_type != bodies.MEDIA_TYPE:
        return None
    try:
        return Call(request, remembered, bodies.parse(request.body))
    except (Problem, RequestDataTooBig):
        return None


def _shortly(kind: type[Any], action: str, call: Call, names: Mapping[str, object]) -> HttpResponse | None:
    """Return the door's answer or refusal, or None when the caller may be another by now."""
    flags.concern(lambda: subject_of(call.caller))
    door = kind()
    door.request, door.opened, door.action = call, call.settle, action
    try:
        response: HttpResponse = getattr(door, action)(call, **names)
    except AccessMoved:
        return None
    except Exception as error:  # noqa: BLE001 - as in DRF's shell: whatever it is, the caller is told
        return handle(error, {"request": call}) if _is_settled(call) else None
    if not call.is_settled:
        raise RuntimeError(f"{kind.__name__}.{action} is offered the short way and writes past its door")
    return response


def _is_settled(call: Call) -> bool:
    """Say whether the caller still is who they were, where nothing was begun that would have said so."""
    if not call.is_settled:
        try:
            call.settle(read_standing(()))
        except AccessMoved:
            return False
    return True


def _allow(actions: Mapping[str, str]) -> str:
    """Return the header every door of DRF's sends."""
    offered = {*actions, "options", *(("head",) if "get" in actions else ())}
    return ", ".join(method.upper() for method in APIView.http_method_names if method in offered)
