"""Security keys and passkeys: what is asked of their answers, and what a key alone opens."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from security.models import User
from security.second_factor import keys
from tests import cast
from tests.cast import Hotel
from tests.security.authenticator import SoftKey
from tests.security.test_second_factor import LOGIN, PAGE, SETUP, api, code, enrolled, office

pytestmark = pytest.mark.django_db
ADD, ACCOUNT = "/admin/account/key/", "/admin/account/"


def added(client: Client, key: SoftKey, name: str = "Blue one", password: str = cast.PASSWORD) -> Any:
    answer = key.made(client.get(ADD).context["options"])
    return client.post(ADD, {"name": name, "password": password, "credential": answer})


@pytest.fixture
def key(hotel: Hotel) -> SoftKey:
    made = SoftKey()
    added(office(hotel.hoa), made)
    return made


def question(client: Client) -> str:
    return str(client.get(PAGE).context["question"])


def came_in(client: Client) -> bool:
    return client.get("/api/auth/me").status_code == 200


@pytest.mark.both_databases
def test_it_works(hotel: Hotel) -> None:
    key, client = SoftKey(), office(hotel.hoa)
    codes = added(client, key).context["codes"]
    assert len(codes) == 10
    assert "Blue one" in client.get(ACCOUNT).content.decode()
    again = Client()
    said = {"username": "hoa", "password": cast.PASSWORD, "next": ACCOUNT}
    assert again.post(LOGIN, said)["Location"] == PAGE
    assert not came_in(again)
    assert again.post(PAGE, {"credential": key.shown(question(again))})["Location"] == ACCOUNT
    assert came_in(again)
    lost = office(hotel.hoa)
    assert lost.post(PAGE, {"code": codes[0]})["Location"] == "/admin/"


def test_an_answer_is_good_once(hotel: Hotel, key: SoftKey) -> None:
    client, other = office(hotel.hoa), office(hotel.hoa)
    answer = key.shown(question(client))
    question(other)
    assert other.post(PAGE, {"credential": answer}).status_code == 200
    assert not came_in(other)
    assert client.post(PAGE, {"credential": answer}).status_code == 302
    later = office(hotel.hoa)
    assert later.post(PAGE, {"credential": answer}).status_code == 200
    assert not came_in(later)


def test_only_the_own_key_for_this_house_counts(hotel: Hotel, key: SoftKey) -> None:
    strange, phished, forged = SoftKey(), SoftKey(), SoftKey()
    phished.private, phished.id, phished.origin = key.private, key.id, "https://testserver.evil.example"
    forged.id = key.id
    for liar in (strange, phished, forged):
        client = office(hotel.hoa)
        assert client.post(PAGE, {"credential": liar.shown(question(client))}).status_code == 200
        assert not came_in(client)
    assert key.shown(question(office(hotel.hoa)))


def test_a_colleagues_key_opens_only_theirs(hotel: Hotel, key: SoftKey) -> None:
    theirs = SoftKey()
    added(office(hotel.lan), theirs)
    client = office(hotel.hoa)
    client.post(PAGE, {"credential": theirs.shown(question(client))})
    assert not came_in(client)


@pytest.mark.parametrize(
    "answer", ["", "x", "[]", "{}", '{"id": 1}', '{"response": {}}', "[" * 9000, "x" * 20_000]
)
def test_nonsense_opens_nothing(hotel: Hotel, key: SoftKey, answer: str) -> None:
    client = office(hotel.hoa)
    question(client)
    assert client.post(PAGE, {"credential": answer}).status_code == 200
    assert not came_in(client)
    inside = office(hotel.lan)
    inside.get(ADD)
    said = {"name": "x", "password": cast.PASSWORD, "credential": answer}
    assert inside.post(ADD, said).status_code == 200
    assert keys.keys_of(hotel.lan.pk) == []


def test_too_many_wrong_answers_lock(hotel: Hotel, key: SoftKey) -> None:
    client = office(hotel.hoa)
    seen = [client.post(PAGE, {"credential": "{}"}).status_code for _ in range(6)]
    assert seen == [200] * 5 + [429]


def test_only_a_good_password_adds_and_removes(hotel: Hotel) -> None:
    client = office(hotel.hoa)
    added(client, SoftKey(), password="wrong")
    assert keys.keys_of(hotel.hoa.pk) == []
    added(client, SoftKey())
    (kept,) = keys.keys_of(hotel.hoa.pk)
    client.post(ACCOUNT, {"remove_key": kept.id, "password": "wrong"})
    assert keys.keys_of(hotel.hoa.pk) == [kept]
    stranger = office(hotel.lan)
    stranger.post(ACCOUNT, {"remove_key": kept.id, "password": cast.PASSWORD})
    assert keys.keys_of(hotel.hoa.pk) == [kept]
    client.post(ACCOUNT, {"remove_key": kept.id, "password": cast.PASSWORD})
    assert not Authenticator.objects.filter(user=hotel.hoa).exists()


def test_a_password_alone_adds_no_second_key(hotel: Hotel, key: SoftKey) -> None:
    client = office(hotel.hoa)
    assert [client.get(path)["Location"] for path in (ADD, SETUP)] == [PAGE, PAGE]


def test_a_role_that_needs_one_may_take_a_key(hotel: Hotel, settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = frozenset({"manager"})
    client = office(hotel.hoa)
    assert not came_in(client)
    assert ADD in client.get(SETUP).content.decode()
    assert added(client, SoftKey()).status_code == 200
    assert came_in(client)


def test_keys_and_an_app_live_side_by_side(hotel: Hotel) -> None:
    enrolled(hotel.hoa)
    client = office(hotel.hoa)
    client.post(PAGE, {"code": code()})
    assert added(client, SoftKey())["Location"] == ACCOUNT
    assert Authenticator.objects.filter(user=hotel.hoa).count() == 3
    (kept,) = keys.keys_of(hotel.hoa.pk)
    client.post(ACCOUNT, {"remove_key": kept.id, "password": cast.PASSWORD})
    assert Authenticator.objects.filter(user=hotel.hoa).count() == 2


def test_the_api_says_what_a_key_is_good_for(hotel: Hotel) -> None:
    codes = added(office(hotel.hoa), SoftKey()).context["codes"]
    refused = api()
    assert refused.status_code == 401
    assert "back office only" in refused.json()["details"][0]["message"]
    assert api(otp=codes[0]).status_code == 200


@pytest.mark.both_databases
def test_ten_keys_are_the_most(hotel: Hotel, monkeypatch: Any) -> None:
    monkeypatch.setattr(keys, "MOST", 1)
    client = office(hotel.hoa)
    assert [added(client, SoftKey()).status_code for _ in range(2)] == [200, 200]
    assert len(keys.keys_of(hotel.hoa.pk)) == 1


def test_whose_a_key_is_shows_in_the_browser(hotel: Hotel) -> None:
    import json

    told = json.loads(office(hotel.hoa).get(ADD).context["options"])["publicKey"]
    assert told["rp"] == {"id": "testserver", "name": "Bellhop"}
    assert told["user"]["name"] == "hoa"
    assert User.objects.get(username="hoa").shown_as() == told["user"]["displayName"]
