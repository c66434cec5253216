"""Opening a request by the form."""

from __future__ import annotations

import pytest
from django.test import Client

from requests_app.models import GuestRequest
from tests import cast
from tests.admin.conftest import SignIn
from tests.cast import Hotel, OtherHotel
from tests.forms import fields_of, send

ADD = "/admin/requests_app/guestrequest/add/"


def test_it_works(lan: Client, hotel: Hotel) -> None:
    answer = _open(lan, request_text="Iron, please", room_number="101", phone_number="+84 90-123.4567")
    made = GuestRequest.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/admin/requests_app/guestrequest/{made.pk}/change/"
    assert (made.request_text, made.source, made.created_by) == ("Iron, please", "staff", hotel.lan)
    assert (made.phone_number, made.service_type, made.property) == (
        "+84901234567",
        "general",
        hotel.property,
    )


def test_it_applies_the_rules_of_the_house(lan: Client, hotel: Hotel) -> None:
    _open(lan, request_text="Water leak!", room_number="101")
    made = GuestRequest.objects.get()
    assert (made.priority, made.urgency) == (3, 2)


def test_a_form_sent_twice_opens_one_request(lan: Client, hotel: Hotel) -> None:
    sent = {**fields_of(lan.get(ADD).content.decode()), "request_text": "Iron", "room_number": "101"}
    assert send(lan, ADD, sent).status_code == 302
    assert send(lan, ADD, sent).status_code == 302
    assert GuestRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"request_text": " "}, "required"),
        ({"room_number": "1;2"}, "Up to 10 letters"),
        ({"property": "999999"}, "Select a valid choice"),
        ({"assignee": "otto"}, "Select a valid choice"),
        ({"form_key": "é"}, "printable ASCII"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(
    lan: Client, elsewhere: OtherHotel, said: dict[str, str], words: str
) -> None:
    answer = _open(lan, **{"request_text": "Iron", "room_number": "101", "guest_name": "Emma", **said})
    page = answer.content.decode()
    assert words in page
    assert 'value="Emma"' in page
    assert not GuestRequest.objects.exists()


def test_it_does_not_open_one_in_another_property(lan: Client, elsewhere: OtherHotel) -> None:
    _open(lan, request_text="Iron", room_number="1", property=str(elsewhere.property.pk))
    assert not GuestRequest.objects.exists()


def test_a_superuser_says_which_property(hotel: Hotel, elsewhere: OtherHotel, signed_in: SignIn) -> None:
    admin = signed_in(cast.superuser())
    _open(admin, request_text="Iron", room_number="1", property=str(elsewhere.property.pk))
    assert GuestRequest.objects.get().property == elsewhere.property


def _open(client: Client, **typed: str) -> object:
    return send(client, ADD, {**fields_of(client.get(ADD).content.decode()), **typed})
