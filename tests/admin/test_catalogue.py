"""Services, minutes and alarm words, as managers set them."""

from __future__ import annotations

import pytest
from django.test import Client

from requests_app.models import HouseRules, ServiceType
from tests.admin.conftest import SignIn, ask
from tests.cast import Hotel, OtherHotel
from tests.forms import fields_of, send

RULES = "/admin/requests_app/houserules/"
SERVICES = "/admin/requests_app/servicetype/"


@pytest.fixture
def hoa(hotel: Hotel, signed_in: SignIn) -> Client:
    return signed_in(hotel.hoa)


def test_alarm_words_are_written_one_a_line(hoa: Client, hotel: Hotel) -> None:
    page = hoa.get(_rules(hotel)).content.decode()
    assert "emergency\nfire\n" in page
    send(hoa, _rules(hotel), {"alarm_words": "Cockroach\r\n\r\n  cháy   lớn \r\nCockroach"})
    assert HouseRules.objects.get(property=hotel.property).alarm_words == ["Cockroach", "cháy lớn"]
    assert ask(hotel, "a COCKROACH in the bath").urgency == 2
    assert ask(hotel, "a fire").urgency == 1


@pytest.mark.parametrize("words", ["x" * 51, "\n".join(f"word{number}" for number in range(201)), "nul\0"])
def test_it_refuses_words_no_text_could_hold(hoa: Client, hotel: Hotel, words: str) -> None:
    before = HouseRules.objects.get(property=hotel.property).alarm_words
    assert send(hoa, _rules(hotel), {"alarm_words": words}).status_code == 200
    assert HouseRules.objects.get(property=hotel.property).alarm_words == before


def test_a_service_gets_other_minutes_and_names(hoa: Client, hotel: Hotel) -> None:
    service = ServiceType.objects.get(property=hotel.property, code="general")
    address = f"{SERVICES}{service.pk}/change/"
    form = fields_of(hoa.get(address).content.decode())
    send(hoa, address, {**form, "name_en": "Anything", "minutes_medium": "15", "is_active": "on"})
    service.refresh_from_db()
    assert (service.names["en"], service.names["vi"], service.minutes_medium) == (
        "Anything",
        "Yêu cầu chung",
        15,
    )
    row = ask(hotel)
    assert row.due_at is not None
    assert (row.due_at - row.created_at).total_seconds() == 15 * 60


def test_a_service_needs_at_least_a_minute(hoa: Client, hotel: Hotel) -> None:
    service = ServiceType.objects.get(property=hotel.property, code="general")
    address = f"{SERVICES}{service.pk}/change/"
    form = fields_of(hoa.get(address).content.decode())
    assert send(hoa, address, {**form, "minutes_medium": "0"}).status_code == 200


def test_a_new_service_is_offered(hoa: Client, hotel: Hotel) -> None:
    form = fields_of(hoa.get(f"{SERVICES}add/").content.decode())
    minutes = {"minutes_low": "90", "minutes_medium": "60", "minutes_high": "30"}
    said = {"code": "spa", "name_en": "Spa", "department": "concierge", "is_active": "on", "position": "9"}
    answer = send(hoa, f"{SERVICES}add/", {**form, **minutes, **said, "property": str(hotel.property.pk)})
    assert answer.status_code == 302
    assert ask(hotel, service_type="spa").department == "concierge"


def test_it_is_closed_to_all_but_managers(lan: Client, hotel: Hotel) -> None:
    assert lan.get(RULES).status_code == 403
    assert lan.get(SERVICES).status_code == 403


def test_another_propertys_rules_do_not_exist(hotel: Hotel, elsewhere: OtherHotel, signed_in: SignIn) -> None:
    otto = signed_in(elsewhere.otto)
    assert otto.get(_rules(hotel)).status_code == 302
    assert b"Demo Hotel" not in otto.get(RULES).content
    assert b"demo" not in otto.get(SERVICES).content.lower()


def _rules(hotel: Hotel) -> str:
    return f"{RULES}{hotel.property.pk}/change/"
