"""Nobody is refused without an entry: by whom, what, from where, at every door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app import actions
from requests_app.lifecycle import Status
from requests_app.live import rooms
from security.audit import queue
from security.models import AuditEntry, Role
from security.watch import blocks
from tests import cast
from tests.cast import Hotel, OtherHotel
from tests.security.audit import book

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
FROM = "203.0.113.9"


def flushed(action: str) -> list[AuditEntry]:
    queue.flush()
    return book.entries(action)


def test_a_foreign_requests_number_is_told_to_its_own_property(
    hotel: Hotel, elsewhere: OtherHotel, client: Client
) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    otto = cast.bearer(elsewhere.otto)
    path = f"/api/request/{request.pk}"
    for _ in range(2):  # the second takes the short way
        assert client.get(path, headers=otto, REMOTE_ADDR=FROM).status_code == 404
    for _ in range(2):
        assert _patch(client, f"{path}/status", {"status": "cancelled"}, otto) == 404
    assert (
        _post(client, "/api/request/bulk-update", {"requestIds": [request.pk], "status": "cancelled"}, otto)
        == 409
    )
    assert client.get(f"/api/request/{request.pk + 999}", headers=otto).status_code == 404
    client.force_login(elsewhere.otto)
    page = f"/admin/requests_app/guestrequest/{request.pk}/change/"
    assert client.get(page, REMOTE_ADDR=FROM).status_code in (302, 404)
    assert rooms.plan(cast.caller(elsewhere.otto), [f"request:{request.pk}"], FROM).denied
    found = flushed("access:hidden")
    assert {(entry.actor, entry.property_id) for entry in found} == {("otto", hotel.property.pk)}
    assert {entry.target for entry in found} >= {f"request:{request.pk}"}
    assert {entry.door for entry in found} == {"api", "admin", "socket"}
    assert sum(entry.count for entry in found if entry.door == "api") == 5
    assert {entry.address for entry in found if entry.door == "socket"} == {FROM}


def test_a_guest_who_tries_anothers_request(hotel: Hotel, client: Client) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    guest = cast.header("Guest", cast.checked_in(hotel.lan, hotel.property).token)
    assert client.get(f"/api/request/{request.pk}", headers=guest).status_code == 404
    (entry,) = flushed("access:hidden")
    assert (entry.actor_kind, entry.target) == ("guest", f"request:{request.pk}")


def test_a_foreign_stay(hotel: Hotel, elsewhere: OtherHotel, client: Client) -> None:
    stay = cast.checked_in(hotel.lan, hotel.property).stay
    otto = cast.bearer(elsewhere.otto)
    assert _patch(client, f"/api/stay/{stay.pk}", {"roomNumber": "2"}, otto) == 404
    assert _post(client, f"/api/stay/{stay.pk}/check-out", {}, otto) == 404
    (entry,) = flushed("access:hidden")
    assert (entry.target, entry.count, entry.property_id) == (f"stay:{stay.pk}", 2, hotel.property.pk)


def test_403_on_both_ways_of_the_api(hotel: Hotel, client: Client) -> None:
    reader = cast.api_key(hotel.property, "request:read")
    for _ in range(3):  # the last ones take the short way
        assert _post(client, "/api/request", {"requestText": "x", "roomNumber": "1"}, reader) == 403
    (entry,) = flushed("access:refused")
    assert (entry.count, entry.actor_kind, entry.door) == (3, "api-key", "api")
    assert json.loads(entry.after) == {"status": 403, "permission": "request.create", "method": "POST"}


def test_an_item_of_a_batch_that_is_not_theirs(hotel: Hotel, elsewhere: OtherHotel) -> None:
    cast.member("minh", Role.FRONT_DESK, elsewhere.property)
    request = cast.asked(hotel.lan, hotel.property)
    minh = cast.caller(hotel.minh)
    (result,) = actions.bulk_change(
        by=minh, request_ids=[request.pk], status=Status.IN_PROGRESS, partial=True
    )
    assert not result.ok
    (entry,) = flushed("access:refused")
    assert (entry.actor, entry.target) == ("minh", f"request:{request.pk}")


def test_pages_and_the_back_office(hotel: Hotel, client: Client) -> None:
    assert client.get("/stay", REMOTE_ADDR=FROM).status_code == 403
    client.force_login(hotel.lan)
    assert client.get("/admin/cluster/event/", REMOTE_ADDR=FROM).status_code == 403
    page, office = flushed("access:refused")
    assert (page.door, page.actor_kind, page.address) == ("page", "anonymous", FROM)
    assert (office.door, office.actor, office.address) == ("admin", "lan", FROM)


def test_a_missing_csrf_token(hotel: Hotel) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(hotel.hoa)
    assert strict.post("/admin/security/membership/add/", {}).status_code == 403
    (entry,) = flushed("access:refused")
    assert (entry.door, entry.target) == ("admin", "admin/security/membership/add/")


def test_rooms_denied_with_the_address(hotel: Hotel, elsewhere: OtherHotel) -> None:
    guest = cast.guest(cast.checked_in(hotel.lan, hotel.property))
    assert len(rooms.plan(guest, ["staff", "mine", f"property:{elsewhere.property.slug}"], FROM).denied) == 3
    found = flushed("access:refused") + flushed("access:wall")
    assert {(entry.address, entry.door) for entry in found} == {(FROM, "socket")}
    assert {entry.action for entry in found} == {"access:refused", "access:wall"}


def test_a_blocked_caller(hotel: Hotel, client: Client) -> None:
    lan = cast.bearer(hotel.lan)
    blocks.add(f"user:{hotel.lan.pk}", seconds=60, by="hoa", reasons=["too much"])
    blocks.refresh()
    try:
        assert client.get("/api/auth/me", headers=lan).status_code == 403
    finally:
        blocks.remove(f"user:{hotel.lan.pk}", by="hoa")
        blocks.refresh()
    (entry,) = flushed("access:refused")
    assert json.loads(entry.after)["permission"] == "blocked"
    unblocked = book.only("source:unblocked")
    assert (unblocked.actor, json.loads(unblocked.before)["by"]) == ("hoa", "hoa")


def test_good_calls_make_no_trip_for_it(hotel: Hotel, client: Client) -> None:
    request = cast.asked(hotel.lan, hotel.property)
    headers = cast.bearer(hotel.lan)
    for path in ("/api/request", f"/api/request/{request.pk}"):
        client.get(path, headers=headers)
        with CaptureQueriesContext(connection) as trips:
            assert client.get(path, headers=headers).status_code == 200
        assert not [trip for trip in trips if "audit" in trip["sql"]]


def _post(client: Client, path: str, body: Any, headers: dict[str, str]) -> int:
    return client.post(
        path, body, content_type="application/json", headers=headers, REMOTE_ADDR=FROM
    ).status_code


def _patch(client: Client, path: str, body: Any, headers: dict[str, str]) -> int:
    return client.patch(
        path, body, content_type="application/json", headers=headers, REMOTE_ADDR=FROM
    ).status_code
