"""Five wrong passwords for one user from one address, at either door."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import cast
from tests.cast import Hotel

API = "/api/auth/login"
ADMIN = "/admin/login/"


def api(username: str = "lan", password: str = "wrong", address: str = "127.0.0.1") -> Any:
    body = {"username": username, "password": password}
    return Client().post(API, body, content_type="application/json", REMOTE_ADDR=address)


def admin(username: str = "lan", password: str = "wrong") -> Any:
    return Client().post(ADMIN, {"username": username, "password": password})


def test_it_works(hotel: Hotel) -> None:
    assert [api().status_code for _ in range(5)] == [401] * 5
    locked = api(password=cast.PASSWORD)
    assert (locked.status_code, locked.json()["code"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert 800 < locked.json()["retryAfter"] == int(locked["Retry-After"]) <= 900


def test_both_doors_are_one(hotel: Hotel) -> None:
    assert [admin().status_code for _ in range(3)] == [200] * 3
    assert [api().status_code for _ in range(2)] == [401] * 2
    assert (admin(password=cast.PASSWORD).status_code, api().status_code) == (429, 429)
    assert admin()["Content-Type"].startswith("text/html")


def test_it_is_by_user_and_address(hotel: Hotel) -> None:
    for _ in range(6):
        api()
    assert api("hoa", cast.PASSWORD).status_code == 200
    assert api("lan", cast.PASSWORD, "203.0.113.9").status_code == 200
    assert api("LAN").status_code == 429


def test_the_right_password_forgives(hotel: Hotel) -> None:
    for _ in range(3):
        assert [api().status_code for _ in range(4)] == [401] * 4
        assert api(password=cast.PASSWORD).status_code == 200


def test_an_unknown_user_is_locked_too(hotel: Hotel) -> None:
    assert [api("nobody").status_code for _ in range(6)] == [401] * 5 + [429]


def test_logins_are_limited_by_address_whoever_they_try(hotel: Hotel, settings: Any) -> None:
    settings.RATE_LIMIT_MAX_REQUESTS, settings.RATELIMIT_CACHE_PREFIX = 4, f"{id(hotel)}"
    assert [api(f"user-{number}").status_code for number in range(5)] == [401] * 4 + [429]
    assert admin("lan", cast.PASSWORD).status_code == 429
    assert api("lan", cast.PASSWORD, "203.0.113.9").status_code == 200


def test_without_redis_it_holds(hotel: Hotel, settings: Any) -> None:
    settings.REDIS_URL = ""
    assert [api().status_code for _ in range(6)] == [401] * 5 + [429]


@pytest.mark.parametrize("username", ["lan\ud800", "ｌａｎ", "l" * 500])
def test_odd_names_are_no_fault_of_ours(hotel: Hotel, username: str) -> None:
    assert api(username.encode("utf-8", "replace").decode()).status_code in (400, 401)
