"""The page of one request: corrections, steps, messages, and what happens when two people work at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from requests_app import actions
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest, Message
from tests import cast
from tests.admin.conftest import SignIn, ask
from tests.cast import Hotel, OtherHotel
from tests.forms import fields_of, send

pytestmark = pytest.mark.both_databases


def test_it_works(lan: Client, towels: GuestRequest) -> None:
    page = _read(lan, towels)
    assert "Two more towels" in page
    assert "Request opened" in page
    assert "No messages yet." in page
    assert re.search(r'data-cursor="demo-hotel:e\w+:\d+"', page)


def test_it_saves_only_what_was_changed(lan: Client, towels: GuestRequest) -> None:
    answer = _save(lan, towels, room_number="102", guest_name="Emma  O'Brien <3")
    assert answer.status_code == 302
    saved = _now(towels)
    assert (saved.room_number, saved.guest_name, saved.version) == ("102", "Emma  O'Brien <3", 2)
    assert saved.request_text == "Two more towels"
    assert "Room: 101 → 102" in _read(lan, towels)


def test_saving_nothing_new_changes_nothing(lan: Client, hotel: Hotel) -> None:
    soon = timezone.now() + timedelta(hours=3)
    row = ask(hotel, "Two\nlines", delivery_time=soon, total_amount=None, description="  x\ny")
    assert _save(lan, row).status_code == 302
    assert _now(row).version == 1


def test_it_assigns(lan: Client, hotel: Hotel, towels: GuestRequest) -> None:
    _save(lan, towels, assignee="minh")
    assert _now(towels).assignee == hotel.minh
    assert "Assigned by hand." in _read(lan, towels)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("request_text", "", "required"),
        ("request_text", "x" * 1001, "At most 1000 characters"),
        ("request_text", "bell\x07", "control character"),
        ("room_number", "10 1", "Up to 10 letters"),
        ("phone_number", "call me", "Digits only"),
        ("service_type", "spa", "Select a valid choice"),
        ("priority", "9", "Select a valid choice"),
        ("assignee", "otto", "Select a valid choice"),
        ("total_amount", "-1", "greater than or equal"),
        ("total_amount", "NaN", "Enter a number"),
        ("delivery_time", "2020-01-01T10:00", "This time is over."),
        ("delivery_time", "soon", "Enter a valid date/time."),
        ("currency", "dong", "At most 3 characters"),
        ("version", "x", "Enter a whole number."),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(
    lan: Client, towels: GuestRequest, field: str, typed: str, words: str
) -> None:
    answer = _save(lan, towels, **{field: typed, "guest_name": "Typed with care"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert words in page
    assert "Typed with care" in page
    assert _now(towels).version == 1


def test_a_conflict_tells_what_changed_and_loses_nothing_typed(
    lan: Client, hotel: Hotel, towels: GuestRequest
) -> None:
    opened = fields_of(_read(lan, towels))
    actions.edit(by=cast.caller(hotel.hoa), request_id=towels.pk, changes={"room_number": "205"})
    answer = lan.post(_address(towels), {**opened, "guest_name": "Emma", "do": "edit"})
    page = answer.content.decode()
    assert "Somebody else changed this request" in page
    assert "Hoa: Room: 101 → 205" in page
    again = fields_of(page)
    assert (again["guest_name"], again["room_number"], again["version"]) == ("Emma", "205", "2")
    assert lan.post(_address(towels), {**again, "do": "edit"}).status_code == 302
    assert (_now(towels).guest_name, _now(towels).room_number) == ("Emma", "205")


def test_a_step_meets_a_conflict_too_and_keeps_the_notes(
    lan: Client, hotel: Hotel, towels: GuestRequest
) -> None:
    opened = fields_of(_read(lan, towels))
    actions.change_status(by=cast.caller(hotel.hoa), request_id=towels.pk, status=Status.IN_PROGRESS)
    answer = lan.post(_address(towels), {**opened, "do": "cancelled", "notes": "Gone out"})
    page = answer.content.decode()
    assert "Status: Pending → In progress" in page
    assert "Gone out</textarea>" in page.replace("\n", "")
    assert _now(towels).status == "in-progress"


@pytest.mark.parametrize(
    ("step", "status"), [("in-progress", "in-progress"), ("on-hold", "on-hold"), ("completed", "completed")]
)
def test_it_takes_steps(lan: Client, towels: GuestRequest, step: str, status: str) -> None:
    assert _step(lan, towels, step).status_code == 302
    assert _now(towels).status == status


def test_taking_it_makes_it_mine(lan: Client, hotel: Hotel, towels: GuestRequest) -> None:
    _step(lan, towels, "take")
    assert _now(towels).assignee == hotel.lan
    assert 'value="take"' not in _read(lan, towels)


def test_cancelling_needs_notes(lan: Client, towels: GuestRequest) -> None:
    answer = _step(lan, towels, "cancelled")
    assert "say why" in answer.content.decode()
    assert _step(lan, towels, "cancelled", notes="Not needed").status_code == 302
    assert _now(towels).status == "cancelled"


def test_only_managers_are_offered_to_reopen(
    lan: Client, hotel: Hotel, towels: GuestRequest, signed_in: SignIn
) -> None:
    _step(lan, towels, "completed")
    assert 'name="do" value="in-progress"' not in _read(lan, towels)
    hoa = signed_in(hotel.hoa)
    assert "Reopen" in _read(hoa, towels)
    assert _step(hoa, towels, "in-progress", notes="Still dripping").status_code == 302
    assert _now(towels).status == "in-progress"


def test_what_is_over_can_no_longer_be_corrected(lan: Client, towels: GuestRequest) -> None:
    opened = fields_of(_read(lan, towels))
    _step(lan, towels, "completed")
    assert "Correct this request" not in _read(lan, towels)
    answer = lan.post(_address(towels), {**opened, "version": "2", "room_number": "9", "do": "edit"})
    assert "can no longer be edited" in answer.content.decode()


@pytest.mark.parametrize("word", ["", "explode", "pending", "\0"])
def test_it_refuses_steps_that_there_are_not(lan: Client, towels: GuestRequest, word: str) -> None:
    _step(lan, towels, "in-progress")
    answer = _step(lan, towels, word)
    assert answer.status_code == 200
    assert _now(towels).status == "in-progress"


def test_it_writes_to_the_guest_once_however_often_it_is_sent(lan: Client, towels: GuestRequest) -> None:
    sent = {**fields_of(_read(lan, towels)), "do": "reply", "content": "On our way\r\nwith <3"}
    for _ in range(2):
        assert send(lan, _address(towels), sent).status_code == 302
    assert [line.content for line in Message.objects.all()] == ["On our way\nwith <3"]
    other = send(lan, _address(towels), {**sent, "content": "Something else"})
    assert "This form was sent before" in other.content.decode()
    assert "Something else" in other.content.decode()


def test_it_does_not_write_nothing(lan: Client, towels: GuestRequest) -> None:
    answer = lan.post(_address(towels), {**fields_of(_read(lan, towels)), "do": "reply", "content": "  "})
    assert answer.status_code == 200
    assert not Message.objects.exists()


def test_it_explains_an_automatic_choice(lan: Client, hotel: Hotel) -> None:
    actions.set_duty(by=cast.caller(hotel.minh), property_id=hotel.property.pk, username="minh", on_duty=True)
    row = ask(hotel, "The shower is broken", service_type="housekeeping")
    page = _read(lan, row)
    assert "Chosen for the fewest open requests in housekeeping: minh (0)." in page
    assert "Urgent: an alarm word in the text" in page


def test_another_departments_work_is_to_be_read_only(hotel: Hotel, signed_in: SignIn) -> None:
    tea = ask(hotel, "Tea, please", service_type="room-service", assigned_to="lan")
    minh = signed_in(hotel.minh)
    page = _read(minh, tea)
    assert "Next step" not in page
    assert "Correct this request" not in page
    refused = minh.post(_address(tea), {"do": "completed", "version": "1", "seen": "0", "notes": ""})
    assert "another department" in refused.content.decode()
    assert _now(tea).status == "pending"


def test_department_staff_do_their_own_work(hotel: Hotel, signed_in: SignIn) -> None:
    row = ask(hotel, "Fresh sheets", service_type="housekeeping")
    assert _step(signed_in(hotel.minh), row, "take").status_code == 302
    assert _now(row).assignee == hotel.minh


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_propertys_request_does_not_exist(
    elsewhere: OtherHotel, towels: GuestRequest, signed_in: SignIn, method: str
) -> None:
    otto = signed_in(elsewhere.otto)
    for address in (_address(towels), _address(towels).replace("change", "delete")):
        answer = getattr(otto, method)(address, {"do": "completed", "post": "yes"}, follow=True)
        assert b"exist" in answer.content
        assert b"Two more towels" not in answer.content
    assert (_now(towels).version, _now(towels).deleted_at) == (1, None)


@pytest.mark.parametrize("pk", ["0", "x", "99999999999999999999999", "%00"])
def test_a_garbage_id_leads_back(lan: Client, pk: str) -> None:
    assert lan.get(f"/admin/requests_app/guestrequest/{pk}/change/").status_code == 302


def test_only_managers_delete(lan: Client, hotel: Hotel, towels: GuestRequest, signed_in: SignIn) -> None:
    address = _address(towels).replace("change", "delete")
    assert lan.post(address, {"post": "yes"}).status_code == 403
    hoa = signed_in(hotel.hoa)
    assert b"Yes, delete it" in hoa.get(address).content
    assert hoa.post(address, {"post": "yes"}).status_code == 302
    assert _now(towels).deleted_at is not None


def test_the_script_gets_the_living_part_alone(lan: Client, towels: GuestRequest) -> None:
    page = lan.get(_address(towels), headers={"X-Bellhop-Part": "yes"}).content.decode()
    assert "<html" not in page
    assert 'data-part="timeline"' in page


def _address(row: GuestRequest) -> str:
    return f"/admin/requests_app/guestrequest/{row.pk}/change/"


def _read(client: Client, row: GuestRequest) -> str:
    answer = client.get(_address(row))
    assert answer.status_code == 200
    return answer.content.decode()


def _save(client: Client, row: GuestRequest, **typed: str) -> object:
    return client.post(_address(row), {**fields_of(_read(client, row)), **typed, "do": "edit"})


def _step(client: Client, row: GuestRequest, word: str, notes: str = "") -> object:
    seen = {"version": str(_now(row).version), "seen": "0"}
    return client.post(_address(row), {**seen, "notes": notes, "do": word})


def _now(row: GuestRequest) -> GuestRequest:
    return GuestRequest.objects.select_related("assignee").get(pk=row.pk)
