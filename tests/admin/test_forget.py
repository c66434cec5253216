"""A manager forgets a guest from the list of stays."""

from __future__ import annotations

import pytest
from django.test import Client

from requests_app import actions
from requests_app.models import Erasure, Stay
from tests import cast
from tests.admin.conftest import SignIn
from tests.cast import Hotel, OtherHotel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_cache")]

STAYS = "/admin/requests_app/stay/"
FORGET = f"{STAYS}forget/"


@pytest.fixture
def stay(hotel: Hotel) -> Stay:
    return cast.checked_in(hotel.lan, hotel.property).stay


def test_it_asks_and_then_forgets(hotel: Hotel, stay: Stay, signed_in: SignIn) -> None:
    actions.check_out(by=cast.caller(hotel.lan), stay_id=stay.pk)
    hoa = signed_in(hotel.hoa)
    page = hoa.post(STAYS, {"action": "forget", "index": "0", "_selected_action": [stay.pk]}, follow=True)
    assert "1 stays and 0 requests are erased for ever" in page.content.decode()
    assert Stay.objects.get().guest_name
    done = hoa.post(FORGET, {"stay": stay.pk}, follow=True)
    assert "Forgotten: 1 stays" in done.content.decode()
    assert Stay.objects.get().guest_name == ""
    assert Erasure.objects.get().made_by == "hoa"


def test_not_while_the_guest_is_here(hotel: Hotel, stay: Stay, signed_in: SignIn) -> None:
    page = signed_in(hotel.hoa).post(FORGET, {"stay": stay.pk}, follow=True)
    assert "Check out and close them first" in page.content.decode()
    assert Stay.objects.get().guest_name


def test_it_is_the_manager_s_of_the_house(
    hotel: Hotel, elsewhere: OtherHotel, stay: Stay, signed_in: SignIn, lan: Client
) -> None:
    actions.check_out(by=cast.caller(hotel.lan), stay_id=stay.pk)
    assert b"Forget this guest" not in lan.get(STAYS).content
    assert lan.post(FORGET, {"stay": stay.pk}).status_code == 403
    assert b"There is no such stay" in signed_in(elsewhere.otto).post(FORGET, {"stay": stay.pk}).content
    assert Stay.objects.get().guest_name
