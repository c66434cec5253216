"""The second factor: at the API, at the back office, and for those whose role must have one."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from security.models import User
from security.second_factor import setup
from tests import cast
from tests.cast import Hotel

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN, PAGE, SETUP = "/admin/login/", "/admin/second-factor/", "/admin/account/second-factor/"


def code(secret: str = SECRET, ahead: int = 0) -> str:
    counter = list(totp.yield_hotp_counters_from_time())[1] + ahead
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def enrolled(user: User) -> list[str]:
    return setup.finish(by=cast.caller(user), user=user, secret=SECRET, code=code(ahead=-1))


def api(password: str = cast.PASSWORD, username: str = "hoa", **more: str) -> Any:
    body = {"username": username, "password": password, **more}
    return Client().post("/api/auth/login", body, content_type="application/json")


def office(user: User) -> Client:
    client = Client()
    said = {"username": user.username, "password": cast.PASSWORD}
    assert client.post(LOGIN, said).status_code == 302
    return client


def test_it_works(hotel: Hotel) -> None:
    enrolled(hotel.hoa)
    missing = api()
    assert missing.status_code == 401
    assert missing.json()["details"][0]["field"] == "otp"
    assert api(otp=code()).status_code == 200


def test_a_code_counts_once(hotel: Hotel) -> None:
    recovery = enrolled(hotel.hoa)
    now = code()
    assert [api(otp=now).status_code for _ in range(2)] == [200, 401]
    assert [api(otp=recovery[0]).status_code for _ in range(2)] == [200, 401]


def test_wrong_codes_lock_and_missing_ones_do_not(hotel: Hotel) -> None:
    enrolled(hotel.hoa)
    assert [api().status_code for _ in range(7)] == [401] * 7
    assert [api(otp="000000").status_code for _ in range(6)] == [401] * 5 + [429]


def test_a_missing_code_forgives_nothing(hotel: Hotel) -> None:
    enrolled(hotel.hoa)
    assert [api("wrong").status_code for _ in range(4)] == [401] * 4
    assert api().status_code == 401
    assert [api("wrong").status_code for _ in range(2)] == [401, 429]


def test_secrets_are_encrypted_and_survive_a_new_key(hotel: Hotel, settings: Any) -> None:
    enrolled(hotel.hoa)
    assert SECRET not in str(list(Authenticator.objects.values_list("data", flat=True)))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert api(otp=code()).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert api(otp=code(ahead=1)).status_code == 401


def test_a_role_that_needs_one_gets_no_token_without(hotel: Hotel, settings: Any) -> None:
    token = cast.bearer(hotel.hoa)
    settings.MFA_REQUIRED_ROLES = frozenset({"manager"})
    assert api().status_code == 403
    assert api(username="lan").status_code == 200
    assert Client().get("/api/auth/me", headers=token).status_code == 401
    enrolled(hotel.hoa)
    good = api(otp=code()).json()["data"]["token"]
    assert Client().get("/api/auth/me", headers=cast.header("Bearer", good)).status_code == 200


def test_a_role_that_needs_one_finds_only_the_set_up(hotel: Hotel, settings: Any) -> None:
    client = office(hotel.hoa)
    assert client.get("/admin/").status_code == 200
    settings.MFA_REQUIRED_ROLES = frozenset({"manager"})
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/account/").status_code == 302
    assert client.get("/api/auth/me").status_code == 401
    assert client.get(LOGIN)["Location"] == PAGE
    assert client.get(PAGE)["Location"] == SETUP
    page = client.get(SETUP)
    secret = page.context["secret"]
    done = client.post(SETUP, {"code": code(secret), "password": cast.PASSWORD})
    assert len(done.context["codes"]) == 10
    assert client.get("/admin/").status_code == 200


def test_a_password_alone_logs_nobody_in_who_has_one(hotel: Hotel) -> None:
    enrolled(hotel.hoa)
    client = office(hotel.hoa)
    assert client.get("/admin/").status_code == 302
    assert client.get("/api/auth/me").status_code == 401
    assert client.get(SETUP)["Location"] == PAGE
    assert client.post(PAGE, {"code": "000000"}).status_code == 200
    assert client.post(PAGE, {"code": code()})["Location"] == "/admin/"
    assert client.get("/admin/account/").status_code == 200


def test_only_good_passwords_set_up_and_take_away(hotel: Hotel) -> None:
    client = office(hotel.hoa)
    secret = client.get(SETUP).context["secret"]
    client.post(SETUP, {"code": code(secret), "password": "wrong"})
    assert not Authenticator.objects.exists()
    client.post(SETUP, {"code": code(secret), "password": cast.PASSWORD})
    client.post("/admin/account/", {"take_away": "1", "password": "wrong"})
    assert Authenticator.objects.exists()
    client.post("/admin/account/", {"take_away": "1", "password": cast.PASSWORD})
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("path", ["account_login", "account_signup", "mfa_index"])
def test_no_page_of_the_library_is_mounted(path: str) -> None:
    from django.urls import NoReverseMatch, reverse

    with pytest.raises(NoReverseMatch):
        reverse(path)


def test_its_tables_are_no_room_of_the_back_office(hotel: Hotel) -> None:
    client = office(cast.superuser())
    page = client.get("/admin/")
    assert "/admin/account/" in page.content.decode()
    assert client.get("/admin/mfa/authenticator/").status_code == 404
    assert client.get("/admin/account/emailaddress/").status_code == 404
