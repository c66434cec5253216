"""Every endpoint × every kind of caller × own and other property.

The endpoints come from the resolver, the expectations from ``TABLE``: an endpoint without a row
fails. The order is the contract's: 401 without a good credential, 404 outside of what is the
caller's, then 403.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from security import credentials
from security.models import CredentialKind
from tests import cast
from tests.api.speaking import Speaker

pytestmark = pytest.mark.django_db

Where = Literal["own", "other"]
SCOPES = ("request:create", "request:read", "request:update", "stay", "ops")


@dataclass(frozen=True)
class Row:
    """Who gets through at one endpoint, on an object of their own property.

    ``reach`` says how a property is meant: by an object's id in the path, by ``propertyId``, by ids
    in the body (a batch), or not at all. ``scope`` None is never for a key, "" is any key.
    """

    reach: Literal["object", "property", "batch", "nothing"]
    guest: bool = False
    scope: str | None = None
    department: bool = False
    desk: bool = False
    manager: bool = False
    public: bool = False
    superuser: bool = True
    other_guest: int | None = None
    path: str = ""
    query: str = ""
    body: dict[str, Any] = field(default_factory=dict)


EVERYONE: dict[str, Any] = {"guest": True, "department": True, "desk": True, "manager": True}
STAFF: dict[str, Any] = {"department": True, "desk": True, "manager": True}
DESK: dict[str, Any] = {"desk": True, "manager": True}
READ, UPDATE = "request:read", "request:update"
TEXT = {"requestText": "Towels", "roomNumber": "101"}
NEW_PASSWORD = {"password": cast.PASSWORD, "newPassword": "nine quiet lanterns"}
CANCEL = {"status": "cancelled", "notes": "Not needed"}
OVERVIEW = Row("property", scope=READ, **STAFF)
CATALOGUE = Row("property", scope="", **EVERYONE)
MANAGER = Row("property", manager=True)
ONE = "/api/request/{request}"
MOVE = Row("object", scope=UPDATE, path=f"{ONE}/status", body=CANCEL, **EVERYONE)
PERSON = {"path": "/api/member/{person}"}

TABLE: dict[str, Row] = {
    "GET api/request": Row("property", scope=READ, **EVERYONE),
    "POST api/request": Row("property", scope="request:create", body=TEXT, other_guest=403, **EVERYONE),
    "POST api/request/bulk-update": Row("batch", scope=UPDATE, body={"status": "completed"}, **DESK),
    "POST api/request/bulk-assign": Row("batch", scope=UPDATE, body={"assignedTo": None}, **DESK),
    "POST api/request/bulk-delete": Row("batch", manager=True),
    "GET api/request/statistics": OVERVIEW,
    "GET api/request/performance": Row("property", scope="ops", manager=True),
    "GET api/request/cache-stats": Row("property", scope="ops", manager=True),
    "POST api/request/cache-clear": Row("property", scope="ops"),
    "GET api/request/export": MANAGER,
    "GET api/request/urgent": OVERVIEW,
    "GET api/request/pending": OVERVIEW,
    "GET api/request/completed": OVERVIEW,
    "GET api/request/room/<str:room_number>": Row(
        "property", scope=READ, path="/api/request/room/101", **STAFF
    ),
    "GET api/request/guest/<path:guest_name>": Row(
        "property", scope=READ, path="/api/request/guest/zoe", **STAFF
    ),
    "GET api/request/status/<str:status>": Row(
        "property", scope=READ, path="/api/request/status/pending", **STAFF
    ),
    "GET api/request/priority/<str:priority>": Row(
        "property", scope=READ, path="/api/request/priority/low", **STAFF
    ),
    "GET api/request/assigned/<str:assigned_to>": Row(
        "property", scope=READ, path="/api/request/assigned/me", **STAFF
    ),
    "GET api/request/<str:request_id>": Row("object", scope=READ, path=ONE, **EVERYONE),
    "PATCH api/request/<str:request_id>": Row(
        "object", scope=UPDATE, path=ONE, body={"description": "Soft"}, **STAFF
    ),
    "DELETE api/request/<str:request_id>": Row("object", manager=True, path=ONE),
    "PATCH api/request/<str:request_id>/status": MOVE,
    "PUT api/request/<str:request_id>/status": MOVE,
    "GET api/request/<str:request_id>/history": Row("object", scope=READ, path=f"{ONE}/history", **STAFF),
    "GET api/request/<str:request_id>/messages": Row(
        "object", scope=READ, path=f"{ONE}/messages", **EVERYONE
    ),
    "POST api/request/<str:request_id>/messages": Row(
        "object", scope=READ, path=f"{ONE}/messages", body={"content": "Thanks"}, **EVERYONE
    ),
    "GET api/events": Row("property", scope=READ, **EVERYONE),
    "GET api/stay": Row("property", scope="stay", **DESK),
    "POST api/stay": Row("property", scope="stay", body={"roomNumber": "105"}, **DESK),
    "PATCH api/stay/<str:stay_id>": Row(
        "object", scope="stay", path="/api/stay/{stay}", body={"roomNumber": "106"}, **DESK
    ),
    "POST api/stay/<str:stay_id>/check-out": Row(
        "object", scope="stay", path="/api/stay/{stay}/check-out", **DESK
    ),
    "GET api/property": CATALOGUE,
    "GET api/services": CATALOGUE,
    "GET api/staff": OVERVIEW,
    "PATCH api/staff/<str:username>": Row(
        "property", path="/api/staff/{person}", body={"onDuty": True}, **STAFF
    ),
    "POST api/auth/login": Row("nothing", public=True, body={"username": "minh", "password": cast.PASSWORD}),
    "POST api/auth/logout": Row("nothing", **STAFF),
    "POST api/auth/logout-all": Row("nothing", **STAFF),
    "POST api/auth/password": Row("nothing", **STAFF, body=NEW_PASSWORD),
    "GET api/auth/sessions": Row("nothing", **STAFF),
    "DELETE api/auth/sessions/<str:session_id>": Row("nothing", path="/api/auth/sessions/this", **STAFF),
    "GET api/auth/me": Row("nothing", scope="", **EVERYONE),
    "POST api/ws-ticket": Row("nothing", scope=READ, **EVERYONE),
    "GET api/member": MANAGER,
    "POST api/member": Row("property", manager=True, body={"username": "newcomer", "role": "concierge"}),
    "PATCH api/member/<str:username>": Row("property", manager=True, body={"displayName": "M"}, **PERSON),
    "POST api/member/<str:username>/logout": Row(
        "property", manager=True, path="/api/member/{person}/logout"
    ),
    "POST api/member/<str:username>/reset": Row("property", manager=True, path="/api/member/{person}/reset"),
    "GET api/instance-info": Row("property", scope="ops", manager=True),
    "GET api/cluster-status": Row("property", scope="ops", manager=True),
    "GET api/schema": Row("nothing", public=True),
    "GET api/docs": Row("nothing", public=True),
}


def endpoints() -> Iterator[str]:
    """Yield ``METHOD route`` of every pattern under api/."""
    for route, pattern in _patterns(get_resolver().url_patterns):
        if route.startswith("api/"):
            for method in _methods(pattern):
                yield f"{method.upper()} {route}"


def _patterns(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield route, pattern


def _methods(pattern: URLPattern) -> list[str]:
    actions = getattr(pattern.callback, "actions", None)
    if actions:
        return [method for method in actions if method != "head"]
    view: Any = getattr(pattern.callback, "view_class", None)
    if view is None:  # what browsers report by themselves: tests/security/test_reports.py
        return []
    return [name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)]


@dataclass(frozen=True)
class World:
    """Both hotels, and everybody who may knock."""

    callers: dict[str, Speaker]
    objects: dict[Where, dict[str, str]]


@pytest.fixture
def world(db: None) -> World:
    hotel, elsewhere = cast.demo_hotel(), cast.other_hotel()
    stay, next_door = (cast.checked_in(hotel.lan, hotel.property, room) for room in ("101", "102"))
    abroad = cast.checked_in(elsewhere.otto, elsewhere.property)
    own = cast.asked(cast.guest(stay), hotel.property, service_type="housekeeping")
    other = cast.asked(cast.guest(abroad), elsewhere.property)
    expired = credentials.issue(
        CredentialKind.STAFF, user=hotel.hoa, expires_at=timezone.now() - timedelta(seconds=1)
    )
    revoked = credentials.issue(CredentialKind.STAFF, user=hotel.hoa)
    credentials.revoke([revoked.credential.pk])
    callers = {
        "anonymous": {},
        "expired": cast.header("Bearer", expired.token),
        "revoked": cast.header("Bearer", revoked.token),
        "guest of 101": cast.header("Guest", stay.token),
        "guest of 102": cast.header("Guest", next_door.token),
        "key without": cast.api_key(hotel.property),
        **{f"key {scope}": cast.api_key(hotel.property, scope) for scope in SCOPES},
        **{name: cast.bearer(getattr(hotel, name)) for name in ("minh", "lan", "hoa")},
        "otto": cast.bearer(elsewhere.otto),
        "superuser": cast.bearer(cast.superuser()),
    }
    return World(
        callers={name: Speaker(headers) for name, headers in callers.items()},
        objects={
            "own": {
                "request": str(own.pk),
                "stay": str(stay.stay.pk),
                "person": "minh",
                "place": "demo-hotel",
            },
            "other": {
                "request": str(other.pk),
                "stay": str(abroad.stay.pk),
                "person": "otto",
                "place": "other-hotel",
            },
        },
    )


def expected(row: Row, caller: str, where: Where) -> int:
    """Return the status that the row promises; 200 stands for any success."""
    if row.public or caller == "superuser":
        return 200
    if caller in ("anonymous", "expired", "revoked"):
        return 401
    at_home = where == ("other" if caller == "otto" else "own")
    if caller == "guest of 102" and row.reach == "object":
        at_home = False
    return _of_known(row, caller, at_home=at_home)


def _of_known(row: Row, caller: str, *, at_home: bool) -> int:
    if row.reach in ("object", "property") and not at_home:
        return 404
    if not _may(row, caller):
        return 403
    if caller == "guest of 102" and row.other_guest:
        return row.other_guest
    return 409 if row.reach == "batch" and not at_home else 200


def _may(row: Row, caller: str) -> bool:
    kind, _, scope = caller.partition(" ")
    if kind == "key":
        return row.scope is not None and row.scope in ("", scope)
    return {
        "guest": row.guest,
        "minh": row.department,
        "lan": row.desk,
        "hoa": row.manager,
        "otto": row.manager,
    }[kind]


def answered(speaker: Speaker, endpoint: str, row: Row, objects: dict[str, str]) -> Any:
    """Make the call, and take back what it changed."""
    method, _, route = endpoint.partition(" ")
    path = (row.path or f"/{route}").format(**objects)
    if row.reach == "property":
        path += f"?propertyId={objects['place']}"
    body = row.body | ({"requestIds": [int(objects["request"])]} if row.reach == "batch" else {})
    before = transaction.savepoint()
    try:
        return speaker.get(path) if method == "GET" else speaker.send(method, path, body)
    finally:
        transaction.savepoint_rollback(before)


def test_every_endpoint_has_a_row() -> None:
    assert sorted(endpoints()) == sorted(TABLE)


@pytest.mark.parametrize("where", ["own", "other"])
@pytest.mark.parametrize("endpoint", TABLE)
def test_who_gets_through(world: World, endpoint: str, where: Where) -> None:
    row = TABLE[endpoint]
    found = {}
    for name, speaker in world.callers.items():
        status = answered(speaker, endpoint, row, world.objects[where]).status_code
        found[name] = 200 if 200 <= status < 300 else status
    assert found == {name: expected(row, name, where) for name in world.callers}
