"""The button that says: I am at work."""

from __future__ import annotations

from django.test import Client

from requests_app.models import Duty
from tests.admin.conftest import SignIn
from tests.cast import Hotel, OtherHotel

DUTY = "/admin/requests_app/guestrequest/duty/"
LIST = "/admin/requests_app/guestrequest/"


def test_it_works(lan: Client, hotel: Hotel) -> None:
    assert b"Off duty" in lan.get(LIST).content
    page = lan.post(DUTY, {"property": "demo-hotel", "on_duty": "yes"}, follow=True)
    assert b"You are on duty now." in page.content
    assert Duty.objects.get().membership.user == hotel.lan
    page = lan.post(DUTY, {"property": "demo-hotel", "on_duty": "no"}, follow=True)
    assert b"Off duty" in page.content
    assert Duty.objects.get().on_duty is False


def test_it_does_not_reach_another_property(hotel: Hotel, elsewhere: OtherHotel, signed_in: SignIn) -> None:
    page = signed_in(elsewhere.otto).post(DUTY, {"property": "demo-hotel", "on_duty": "yes"}, follow=True)
    assert b"There is no such property." in page.content
    assert not Duty.objects.exists()


def test_looking_changes_nothing(lan: Client, hotel: Hotel) -> None:
    assert lan.get(DUTY).status_code == 405


def test_a_stranger_is_led_to_the_login(client: Client, hotel: Hotel) -> None:
    assert client.post(DUTY, {"on_duty": "yes"})["Location"].startswith("/admin/login/")
