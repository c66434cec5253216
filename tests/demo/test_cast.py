"""The cast of the demo."""

from __future__ import annotations

import pytest
from django.test import override_settings

from requests_app.demo import cast
from requests_app.models import Duty, Room, ServiceType
from security.models import Membership, Property, User

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
fast = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


def seed(given: str | None = None, fallback: str = "made-up") -> dict[str, str | None]:
    with fast:
        return {login.username: login.password for login in cast.seed(given=given, fallback=fallback)}


def test_it_works() -> None:
    assert seed() == dict.fromkeys(["hoa", "lan", "minh", "otto", "admin"], "made-up")
    roles = Membership.objects.values_list("user__username", "property__slug", "role")
    assert set(roles) == {
        ("hoa", "demo-hotel", "manager"),
        ("lan", "demo-hotel", "front-desk"),
        ("minh", "demo-hotel", "housekeeping"),
        ("otto", "other-hotel", "manager"),
    }
    assert User.objects.get(username="admin").is_superuser
    assert Duty.objects.filter(on_duty=True).count() == 4


def test_the_demo_hotel_has_its_rooms_and_both_a_catalogue() -> None:
    seed()
    rooms = set(Room.objects.filter(property__slug="demo-hotel").values_list("number", flat=True))
    assert rooms == {str(number) for number in (*range(101, 121), *range(201, 221))}
    assert ServiceType.objects.filter(property__slug="demo-hotel").count() == 6
    assert ServiceType.objects.filter(property__slug="other-hotel").count() == 6


def test_again_it_makes_nothing_new_and_keeps_the_passwords() -> None:
    seed()
    assert seed(fallback="another") == dict.fromkeys(["hoa", "lan", "minh", "otto", "admin"])
    assert (User.objects.count(), Property.objects.count(), Membership.objects.count()) == (5, 2, 4)
    assert User.objects.get(username="lan").check_password("made-up")


def test_a_given_password_becomes_everybodys() -> None:
    seed()
    assert set(seed(given="short").values()) == {"short"}
    assert User.objects.get(username="otto").check_password("short")


def test_it_makes_only_who_is_missing() -> None:
    seed()
    User.objects.filter(username="minh").delete()
    passwords = seed(fallback="another")
    assert passwords["minh"] == "another"
    assert passwords["lan"] is None


def test_it_puts_everyone_back_on_duty() -> None:
    seed()
    Duty.objects.update(on_duty=False)
    seed()
    assert Duty.objects.filter(on_duty=True).count() == 4
