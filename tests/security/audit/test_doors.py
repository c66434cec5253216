"""Each door leaves its entries: who, what, from where, on which node, before and after."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cluster import identity
from cluster.answers.problems import AuthenticationRequired
from requests_app import actions
from requests_app.lifecycle import Status
from security import tickets
from security.audit import Origin, enter, leave, queue
from security.models import AuditEntry, Role
from tests import cast
from tests.cast import Hotel, OtherHotel
from tests.security.audit import book

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
CREATE = {
    "requestText": "Zebra-striped towels",
    "roomNumber": "101",
    "guestName": "Zoë Quux",
    "phoneNumber": "+84901234567",
    "specialInstructions": "knock softly thrice",
}
WORDS = ("Zebra", "Quux", "901234567", "thrice", "Yonder", "whisper", cast.PASSWORD)


def test_a_create_by_api_names_who_from_where_and_what(hotel: Hotel, client: Client) -> None:
    made = _post(client, "/api/request", CREATE, cast.bearer(hotel.lan), REMOTE_ADDR="203.0.113.9")
    entry = book.only("request:created")
    assert (entry.actor_kind, entry.actor, entry.door) == ("staff", "lan", "api")
    assert (entry.address, entry.node) == ("203.0.113.9", identity.instance_id())
    assert (entry.chain, entry.property_id) == (hotel.property.pk, hotel.property.pk)
    assert entry.target == f"request:{made['data']['id']}"
    assert entry.request_id == made["_metadata"]["requestId"]
    assert json.loads(entry.after)["status"] == "pending"


def test_a_remembered_callers_create_takes_the_short_way_and_is_written_too(
    hotel: Hotel, client: Client
) -> None:
    headers = cast.bearer(hotel.lan)
    for _ in range(2):
        _post(client, "/api/request", CREATE, headers)
    assert [(entry.actor, entry.door) for entry in book.entries("request:created")] == [("lan", "api")] * 2


def test_a_key_and_a_guest_are_named_by_what_they_hold(hotel: Hotel, client: Client) -> None:
    opened = cast.checked_in(hotel.lan, hotel.property)
    for headers in (
        cast.header("Guest", opened.token),
        cast.api_key(hotel.property, "request:create"),
    ):
        _post(client, "/api/request", CREATE, headers)
    kinds = [(entry.actor_kind, entry.actor.partition(":")[0]) for entry in book.entries("request:created")]
    assert kinds == [("guest", "stay"), ("api-key", "key")]


def test_a_change_keeps_before_and_after_and_no_text(hotel: Hotel) -> None:
    request = cast.asked(hotel.lan, hotel.property, "Zebra", guest_name="Zoë Quux")
    actions.edit(
        by=cast.caller(hotel.lan),
        request_id=request.pk,
        changes={"room_number": "102", "guest_name": "Yonder", "phone_number": "+84901234567"},
    )
    actions.change_status(
        by=cast.caller(hotel.lan), request_id=request.pk, status=Status.CANCELLED, notes="whisper"
    )
    edited = book.only("request:updated")
    before, after = json.loads(edited.before), json.loads(edited.after)
    assert (before["roomNumber"], after["roomNumber"]) == ("101", "102")
    assert before["guestName"].startswith("hmac:")
    assert before["guestName"] != after["guestName"]
    status = book.only("request:status_changed")
    assert json.loads(status.before) == {"status": "pending"}
    assert json.loads(status.after)["status"] == "cancelled"
    _says_no_guests_word()


def test_a_stay_is_told_from_check_in_to_check_out(hotel: Hotel) -> None:
    opened = cast.checked_in(hotel.lan, hotel.property, name="Zoë Quux")
    actions.move_stay(by=cast.caller(hotel.lan), stay_id=opened.stay.pk, room_number="202")
    actions.check_out(by=cast.caller(hotel.lan), stay_id=opened.stay.pk)
    assert book.only("stay:created").chain == hotel.property.pk
    moved, left = book.entries("stay:changed")[-2:]
    assert (json.loads(moved.before), json.loads(moved.after)) == (
        {"room_number": "101"},
        {"room_number": "202"},
    )
    assert json.loads(left.after)["checked_out_at"]
    assert book.only("credential:revoked").chain == hotel.property.pk
    _says_no_guests_word()


def test_a_member_is_told_through_the_api(hotel: Hotel, client: Client) -> None:
    headers = cast.bearer(hotel.hoa)
    client.patch("/api/member/lan", {"role": "concierge"}, content_type="application/json", headers=headers)
    entry = book.only("member:changed")
    assert (entry.actor, entry.door, entry.chain) == ("hoa", "api", hotel.property.pk)
    assert json.loads(entry.before) == {"role": Role.FRONT_DESK}
    assert json.loads(entry.after) == {"role": Role.CONCIERGE}


def test_logins_good_bad_and_ended_by_api(hotel: Hotel, client: Client) -> None:
    _login(client, "lan", "wrong")
    _login(client, "hunter2-typed-here", "wrong")
    token = _login(client, "lan", cast.PASSWORD)["data"]["token"]
    client.post("/api/auth/logout", headers=cast.header("Bearer", token))
    queue.flush()
    known, typed = book.entries("login:failed")
    assert known.actor == "lan"
    assert typed.actor.startswith("hmac:")
    assert book.only("login:succeeded").actor == "lan"
    assert book.only("login:ended").actor == "lan"


def test_lockouts(hotel: Hotel, client: Client) -> None:
    for _ in range(7):
        _login(client, "lan", "wrong")
    queue.flush()
    assert book.only("login:failed").count == 5
    assert book.only("login:locked").count == 2


def test_logins_and_changes_in_the_back_office(hotel: Hotel, client: Client) -> None:
    client.post(
        reverse("admin:login"), {"username": "hoa", "password": cast.PASSWORD}, REMOTE_ADDR="203.0.113.9"
    )
    came = book.only("login:succeeded")
    assert (came.actor, came.door, came.address) == ("hoa", "admin", "203.0.113.9")
    client.get("/admin/cluster/event/")
    client.post(reverse("admin:logout"))
    queue.flush()
    assert book.only("access:refused").actor == "hoa"
    assert book.only("login:ended").door == "admin"


def test_models_of_others_changed_in_the_back_office_are_told() -> None:
    token = enter(Origin("admin"))
    group = Group.objects.create(name="night shift")
    group.name = "late shift"
    group.save()
    group.delete()
    leave(token)
    acts = [entry.action for entry in book.entries() if "group" in entry.action]
    assert acts == ["auth.group:created", "auth.group:changed", "auth.group:deleted"]


def test_refusals_and_walls(hotel: Hotel, elsewhere: OtherHotel, client: Client) -> None:
    minh = cast.bearer(hotel.minh)
    client.get("/api/request/export", headers=minh)
    client.get(f"/api/request?propertyId={elsewhere.property.slug}", headers=minh)
    client.get("/api/auth/me", headers=cast.header("Bearer", "staff_" + "x" * 43))
    queue.flush()
    refused = [entry for entry in book.entries() if entry.action.startswith("access:") and entry.chain == -1]
    assert {entry.action for entry in refused} == {"access:refused", "access:wall", "access:bad-credential"}
    (denied,) = [entry for entry in refused if entry.action == "access:refused"]
    assert (denied.actor, denied.property_id) == ("minh", hotel.property.pk)
    assert json.loads(denied.after)["permission"]


def test_socket_tickets(hotel: Hotel) -> None:
    caller = cast.caller(hotel.lan)
    tickets.redeem(tickets.issue(caller).token)
    with pytest.raises(AuthenticationRequired):
        tickets.redeem("used")
    queue.flush()
    assert book.only("ticket:used").actor == "lan"
    assert book.only("ticket:refused").actor_kind == "anonymous"


def test_blocks_from_the_shell() -> None:
    call_command("block", "add", "203.0.113.5", "--minutes", "5", stdout=StringIO())
    entry = book.only("source:blocked")
    assert (entry.chain, entry.target, entry.door) == (0, "address:203.0.113.5", "command")


def test_a_flag_from_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("flag", "request-caching", "off", stdout=StringIO())
    entry = book.only("flag:switched")
    assert (entry.chain, entry.target) == (0, "request-caching")
    assert json.loads(entry.before)["percent"] == 100
    assert json.loads(entry.after)["percent"] == 0


def test_keys_issued_and_revoked_from_the_shell(hotel: Hotel) -> None:
    call_command("credential", "issue", "api-key", "--property", hotel.property.slug, stdout=StringIO())
    issued = book.only("credential:created")
    assert (issued.door, issued.chain) == ("command", hotel.property.pk)
    call_command("credential", "revoke", issued.target.partition(":")[2], stdout=StringIO())
    assert book.only("credential:revoked").target == issued.target


def test_managers_read_their_propertys_book_and_nobody_writes(
    hotel: Hotel, elsewhere: OtherHotel, client: Client
) -> None:
    cast.asked(hotel.lan, hotel.property)
    client.force_login(elsewhere.otto)
    own = AuditEntry.objects.filter(property_id=hotel.property.pk).first()
    assert own is not None
    listed = reverse("admin:security_auditentry_changelist")
    page = client.get(listed)
    assert page.status_code == 200
    assert {row.property_id for row in page.context["cl"].queryset} == {elsewhere.property.pk}
    detail = reverse("admin:security_auditentry_change", args=[own.pk])
    assert client.get(detail).status_code == 302
    client.force_login(hotel.hoa)
    assert client.get(detail).status_code == 200
    assert client.post(detail, {"actor": "x"}).status_code == 403
    client.force_login(hotel.lan)
    assert client.get(listed).status_code == 403


def test_a_creates_entry_travels_with_its_last_trip(hotel: Hotel) -> None:
    if connection.vendor == "postgresql":
        with_entry = "INSERT INTO security_auditentry"
        with CaptureQueriesContext(connection) as trips:
            cast.asked(hotel.lan, hotel.property)
        (carrying,) = [trip["sql"] for trip in trips if with_entry in trip["sql"]]
        assert "UPDATE cluster_streamhead" in carrying


def _post(
    client: Client, path: str, body: object, headers: dict[str, str], **extra: Any
) -> dict[str, dict[str, object]]:
    response = client.post(path, body, content_type="application/json", headers=headers, **extra)
    assert response.status_code == 201, response.content
    said: dict[str, dict[str, object]] = response.json()
    return said


def _login(client: Client, username: str, password: str) -> dict[str, dict[str, str]]:
    body = {"username": username, "password": password}
    said: dict[str, dict[str, str]] = client.post(
        "/api/auth/login", body, content_type="application/json"
    ).json()
    return said


def _says_no_guests_word() -> None:
    for entry in book.entries():
        told = json.dumps(
            [entry.actor, entry.target, entry.before, entry.after, entry.address], ensure_ascii=False
        )
        assert not [word for word in WORDS if word in told], told
