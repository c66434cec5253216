"""Coming in, who am I, going: over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.dateparse import parse_datetime

from security import answers
from security.models import Credential, Membership
from tests import cast

pytestmark = pytest.mark.django_db

JSON = "application/json"
LOGIN = {"username": "lan", "password": cast.PASSWORD}


@pytest.fixture
def hotel() -> cast.Hotel:
    return cast.demo_hotel()


def log_in(client: Client, body: object) -> Any:
    return client.post("/api/auth/login", body, content_type=JSON)


def test_login_works(client: Client, hotel: cast.Hotel) -> None:
    response = log_in(client, LOGIN)
    data = response.json()["data"]
    assert response.status_code == 200
    assert parse_datetime(data["expiresAt"])
    assert data["user"]["username"] == "lan"
    assert data["user"]["isSuperuser"] is False
    assert data["user"]["properties"] == [{"propertyId": "demo-hotel", "role": "front-desk"}]
    me = client.get("/api/auth/me", headers=cast.header("Bearer", data["token"]))
    assert me.json()["data"]["username"] == "lan"


def test_login_takes_an_otp_nobody_asked_for_and_a_stale_token(client: Client, hotel: cast.Hotel) -> None:
    stale = cast.header("Bearer", f"staff_{'x' * 43}")
    response = client.post("/api/auth/login", LOGIN | {"otp": "123456"}, content_type=JSON, headers=stale)
    assert response.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        LOGIN | {"password": "wrong-horse-battery"},
        LOGIN | {"username": "nobody"},
        LOGIN | {"username": "LAN"},
        LOGIN | {"password": f" {cast.PASSWORD}"},
    ],
)
def test_login_rejects_every_wrong_way_in_the_same_words(
    client: Client, hotel: cast.Hotel, body: dict[str, str]
) -> None:
    response = log_in(client, body)
    assert response.status_code == 401
    assert response["WWW-Authenticate"]
    assert response.json()["code"] == "AUTHENTICATION_REQUIRED"
    assert response.json()["error"] == "Wrong username or password."


def test_login_rejects_who_was_let_out(client: Client, hotel: cast.Hotel) -> None:
    Membership.objects.filter(user=hotel.lan).update(is_active=False)
    assert log_in(client, LOGIN).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "username"),
        ({"username": "lan"}, "password"),
        (LOGIN | {"password": None}, "password"),
        (LOGIN | {"password": 12345678}, "password"),
        (LOGIN | {"password": ["x"]}, "password"),
        (LOGIN | {"password": "a\x00b"}, "password"),
        (LOGIN | {"password": "x" * 5000}, "password"),
        (LOGIN | {"username": True}, "username"),
        (LOGIN | {"username": {}}, "username"),
        (LOGIN | {"username": "lan\x00"}, "username"),
        (LOGIN | {"username": "x" * 151}, "username"),
        (LOGIN | {"otp": {}}, "otp"),
        ([], "body"),
    ],
)
def test_login_rejects_a_wrong_shape_and_names_the_field(
    client: Client, hotel: cast.Hotel, body: object, field: str
) -> None:
    response = log_in(client, body)
    assert response.status_code == 400
    assert field in [entry["field"] for entry in response.json()["details"]]


def test_login_rejects_what_is_no_json(client: Client) -> None:
    response = client.post("/api/auth/login", "{oops", content_type=JSON)
    assert response.status_code == 400
    assert "JSON" in response.json()["error"]


def test_logout_ends_this_token_only(client: Client, hotel: cast.Hotel) -> None:
    gone, kept = cast.bearer(hotel.lan), cast.bearer(hotel.lan)
    assert client.post("/api/auth/logout", headers=gone).status_code == 200
    assert client.get("/api/auth/me", headers=gone).status_code == 401
    assert client.get("/api/auth/me", headers=kept).status_code == 200


def test_logout_ends_a_session(hotel: cast.Hotel) -> None:
    client = Client()
    client.force_login(hotel.lan)
    assert client.post("/api/auth/logout").status_code == 200
    assert client.get("/api/auth/me").status_code == 401


def test_logout_rejects_who_has_nothing_to_log_out_of(client: Client, hotel: cast.Hotel) -> None:
    assert client.post("/api/auth/logout").status_code == 401
    for header in (cast.guest_token(hotel.property), cast.api_key(hotel.property, "stay")):
        assert client.post("/api/auth/logout", headers=header).status_code == 403


def test_a_session_needs_its_csrf_token_to_write(hotel: cast.Hotel) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(hotel.lan)
    assert client.get("/api/auth/me").status_code == 200
    assert client.post("/api/ws-ticket", content_type=JSON).status_code == 403
    client.cookies["csrftoken"] = "a" * 32
    assert (
        client.post("/api/ws-ticket", content_type=JSON, headers={"X-CSRFToken": "a" * 32}).status_code == 201
    )
    assert client.post("/api/ws-ticket", content_type=JSON, headers=cast.bearer(hotel.lan)).status_code == 201


def test_me_tells_staff_what_they_may_where(client: Client, hotel: cast.Hotel) -> None:
    data = client.get("/api/auth/me", headers=cast.bearer(hotel.hoa)).json()["data"]
    assert data["kind"] == "staff"
    assert data["properties"] == [{"propertyId": "demo-hotel", "role": "manager"}]
    assert data["permissions"]["demo-hotel"]["member.manage"] == "yes"
    assert "property.open" not in data["permissions"]["demo-hotel"]


def test_me_tells_a_guest_and_a_key_who_they_are(client: Client, hotel: cast.Hotel) -> None:
    guest = client.get("/api/auth/me", headers=cast.guest_token(hotel.property, stay_id=5)).json()["data"]
    assert (guest["kind"], guest["stayId"]) == ("guest", 5)
    key = client.get("/api/auth/me", headers=cast.api_key(hotel.property, "stay")).json()["data"]
    assert (key["kind"], key["scopes"]) == ("api-key", ["stay"])


def test_me_tells_a_superuser_that_nothing_is_closed(client: Client) -> None:
    data = client.get("/api/auth/me", headers=cast.bearer(cast.superuser())).json()["data"]
    assert data["isSuperuser"] is True
    assert data["permissions"]["*"]["user.manage"] == "yes"


@pytest.mark.parametrize("authorization", [None, "Bearer x", "Basic x", "Guest"])
def test_me_rejects_nobody(client: Client, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    response = client.get("/api/auth/me", headers=headers)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_ticket_is_for_whoever_may_listen(client: Client, hotel: cast.Hotel) -> None:
    for header in (
        cast.bearer(hotel.minh),
        cast.guest_token(hotel.property),
        cast.api_key(hotel.property, "request:read"),
    ):
        response = client.post("/api/ws-ticket", headers=header)
        assert response.status_code == 201
        assert response.json()["data"]["ticket"]
    assert client.post("/api/ws-ticket", headers=cast.api_key(hotel.property, "stay")).status_code == 403
    assert client.post("/api/ws-ticket").status_code == 401


def test_no_answer_or_row_repeats_a_password(client: Client, hotel: cast.Hotel) -> None:
    response = log_in(client, LOGIN)
    assert cast.PASSWORD not in response.content.decode()
    assert response.json()["data"]["token"] not in str(list(Credential.objects.values()))


def test_answers_have_the_shape_the_document_says(client: Client, hotel: cast.Hotel) -> None:
    header = cast.bearer(hotel.hoa)
    login = log_in(client, LOGIN).json()["data"]
    me = client.get("/api/auth/me", headers=header).json()["data"]
    member = client.get("/api/member", headers=header).json()["data"][0]
    for data, shape in (
        (login, answers.LoginAnswer),
        (login["user"], answers.KnownPerson),
        (me, answers.MeAnswer),
        (member, answers.MemberAnswer),
    ):
        assert set(data) == set(shape().fields)
