"""Checking in, moving and checking out at the front desk."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from requests_app.models import Stay
from tests.admin.conftest import SignIn
from tests.cast import Hotel, OtherHotel
from tests.forms import fields_of, send

STAYS = "/admin/requests_app/stay/"


def test_it_shows_the_guests_address_once(lan: Client, hotel: Hotel) -> None:
    page = _check_in(lan)
    address = re.search(r'value="http://testserver(/s/guest_[^"]+)"', page)
    assert address
    assert Client().get(address[1])["Location"] == "/stay"
    assert address[1] not in lan.get(STAYS).content.decode()
    assert address[1] not in lan.get(f"{STAYS}{Stay.objects.get().pk}/change/").content.decode()


def test_it_moves_the_guest(lan: Client, hotel: Hotel) -> None:
    _check_in(lan)
    stay = Stay.objects.get()
    form = fields_of(lan.get(f"{STAYS}{stay.pk}/change/").content.decode())
    send(lan, f"{STAYS}{stay.pk}/change/", {**form, "room_number": "102"})
    stay.refresh_from_db()
    assert (stay.room_number, stay.checked_out_at) == ("102", None)


def test_it_checks_out_and_the_link_dies(lan: Client, hotel: Hotel) -> None:
    page = _check_in(lan)
    address = re.search(r"/s/guest_[\w-]+", page)
    assert address
    stay = Stay.objects.get()
    send(lan, f"{STAYS}{stay.pk}/change/", {"check_out_now": "yes"})
    stay.refresh_from_db()
    assert stay.checked_out_at is not None
    assert Client().get(address[0]).status_code == 410


def test_it_checks_several_out(lan: Client, hotel: Hotel) -> None:
    _check_in(lan)
    _check_in(lan)
    pks = [stay.pk for stay in Stay.objects.all()]
    lan.post(STAYS, {"action": "end", "index": "0", "_selected_action": pks})
    assert not Stay.objects.filter(checked_out_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"room_number": ""}, "required"),
        ({"check_out": "2020-01-01T12:00"}, "must be in the future"),
        ({"check_out": "soon"}, "Enter a valid date/time."),
        ({"property": "0"}, "Select a valid choice"),
    ],
)
def test_it_says_what_is_wrong(lan: Client, hotel: Hotel, said: dict[str, str], words: str) -> None:
    assert words in _check_in(lan, **said)
    assert not Stay.objects.exists()


def test_the_departments_have_no_business_here(hotel: Hotel, signed_in: SignIn) -> None:
    assert signed_in(hotel.minh).get(STAYS).status_code == 403
    assert signed_in(hotel.minh).get(f"{STAYS}add/").status_code == 403


def test_another_propertys_stay_does_not_exist(
    lan: Client, elsewhere: OtherHotel, hotel: Hotel, signed_in: SignIn
) -> None:
    _check_in(lan, guest_name="Emma Clarke")
    otto = signed_in(elsewhere.otto)
    stay = Stay.objects.get()
    assert b"Emma" not in otto.get(STAYS).content
    assert otto.post(f"{STAYS}{stay.pk}/change/", {"check_out_now": "yes"}).status_code == 302
    stay.refresh_from_db()
    assert stay.checked_out_at is None


def _check_in(client: Client, **typed: str) -> str:
    form = fields_of(client.get(f"{STAYS}add/").content.decode())
    answer = send(client, f"{STAYS}add/", {**form, "room_number": "101", **typed})
    return str(answer.content.decode())
