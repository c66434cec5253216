"""A password that somebody else has set lasts three days, and opens one page of the back office only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from security import members
from security.models import User
from tests import cast
from tests.cast import Hotel

pytestmark = pytest.mark.django_db
OWN = "nine quiet lanterns"
PAGE = "/admin/account/first-password/"


@pytest.fixture
def given(hotel: Hotel) -> str:
    return members.reset_password(by=cast.caller(hotel.hoa), property_id=hotel.property.pk, username="lan")


def office(password: str) -> Client:
    client = Client()
    client.post("/admin/login/", {"username": "lan", "password": password})
    return client


def api(password: str) -> Any:
    said = {"username": "lan", "password": password}
    return Client().post("/api/auth/login", said, content_type="application/json")


def choose(client: Client, old: str, new: str) -> Any:
    return client.post(PAGE, {"old_password": old, "new_password1": new, "new_password2": new})


def test_it_works(hotel: Hotel, given: str) -> None:
    client = office(given)
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    assert client.get("/admin/login/")["Location"] == PAGE
    assert client.get("/api/request").status_code == 401
    assert client.post("/api/ws-ticket").status_code == 401
    assert client.get(PAGE).status_code == 200
    assert choose(client, given, OWN)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.get(PAGE).status_code == 302
    assert (api(given).status_code, api(OWN).status_code) == (401, 200)
    assert api(OWN).json()["data"]["passwordExpiresAt"] is None


def test_the_api_lets_them_in_and_says_when_it_ends(hotel: Hotel, given: str) -> None:
    ends = datetime.fromisoformat(api(given).json()["data"]["passwordExpiresAt"])
    assert timedelta(hours=71) < ends - timezone.now() <= timedelta(hours=72)


def test_after_three_days_it_opens_nothing_and_locks_nobody_out(hotel: Hotel, given: str) -> None:
    User.objects.filter(username="lan").update(first_password_until=timezone.now())
    answers = [api(given) for _ in range(7)]
    assert {answer.status_code for answer in answers} == {403}
    assert "ask for a new one" in answers[0].json()["error"]
    client = Client()
    page = client.post("/admin/login/", {"username": "lan", "password": given})
    assert "ask for a new one" in page.content.decode()
    assert client.get(PAGE)["Location"] == "/admin/login/"


def change(token: str, **said: str) -> Any:
    header = {"authorization": f"Bearer {token}"}
    return Client().post("/api/auth/password", said, content_type="application/json", headers=header)


def test_it_is_changed_by_the_api(hotel: Hotel, given: str) -> None:
    other, token = (api(given).json()["data"]["token"] for _ in range(2))
    client = office(given)
    answer = change(token, password=given, newPassword=OWN)
    assert (answer.status_code, answer.json()["data"]["ended"]) == (200, 2)
    assert (api(given).status_code, api(OWN).status_code) == (401, 200)
    assert change(other, password=OWN, newPassword=given).status_code == 401
    assert client.get(PAGE)["Location"] == "/admin/login/"
    assert office(OWN).get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("password", "new", "field"),
    [
        ("wrong", OWN, "password"),
        (cast.PASSWORD, "short", "newPassword"),
        (cast.PASSWORD, "hotel-2026!", "newPassword"),
        (cast.PASSWORD, cast.PASSWORD, "newPassword"),
        (cast.PASSWORD, "", "newPassword"),
    ],
)
def test_the_api_says_what_is_wrong(hotel: Hotel, password: str, new: str, field: str) -> None:
    token = api(cast.PASSWORD).json()["data"]["token"]
    answer = change(token, password=password, newPassword=new)
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (400, field)
    assert api(cast.PASSWORD).status_code == 200


def test_a_stolen_token_finds_no_password(hotel: Hotel) -> None:
    token = api(cast.PASSWORD).json()["data"]["token"]
    answers = [change(token, password=f"wrong {n}", newPassword=OWN).status_code for n in range(6)]
    assert answers == [400] * 5 + [429]


@pytest.mark.parametrize("new", ["the one given", "short", "hotel-2026!"])
def test_it_rejects_a_bad_one_and_the_one_given(hotel: Hotel, given: str, new: str) -> None:
    client = office(given)
    chosen = given if new == "the one given" else new
    assert choose(client, given, chosen).status_code == 200
    assert choose(client, "wrong", OWN).status_code == 200
    assert client.get("/admin/").status_code == 302


def test_one_that_a_superuser_gives_is_one_too(hotel: Hotel) -> None:
    admin = Client()
    admin.force_login(cast.superuser())
    said = {"usable_password": "true", "password1": OWN, "password2": OWN}
    assert admin.post(f"/admin/security/user/{hotel.lan.pk}/password/", said).status_code == 302
    assert api(OWN).json()["data"]["passwordExpiresAt"]
    assert office(OWN).get("/admin/login/")["Location"] == PAGE


def test_nobody_else_sees_the_page(hotel: Hotel) -> None:
    assert Client().get(PAGE)["Location"] == "/admin/login/"
    client = office(cast.PASSWORD)
    assert client.get(PAGE)["Location"] == "/admin/login/"


@pytest.mark.parametrize(
    "password", ["1q2w3e4r5t6y", "Iloveyou123", "Bellhop-2026!", "Welcome.Hotel1", "qwertyuiop"]
)
def test_it_rejects_breached_ones_and_words_of_the_house(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize("password", ["a" * 3 + " rainy hotel garden", "ngoi nha mau xanh", "x!" * 32])
def test_all_others_are_taken_however_they_are_written(password: str) -> None:
    validate_password(password)


def test_sixty_four_characters_come_in_as_they_are(hotel: Hotel) -> None:
    long = "  Pho\u0300 & <b>" + "x y" * 18
    hotel.lan.set_password(long)
    hotel.lan.save()
    assert len(long) > 64
    assert (api(long).status_code, api(long.strip()).status_code, api(long[:64]).status_code) == (
        200,
        401,
        401,
    )
