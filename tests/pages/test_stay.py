"""The guest's own page."""

from __future__ import annotations

import pytest
from django.test import Client

from requests_app import actions
from requests_app.actions import NewRequest, OpenedStay
from requests_app.lifecycle import Status
from requests_app.models import GuestRequest, Message
from tests import cast
from tests.cast import Hotel
from tests.forms import fields_of, send
from tests.pages.conftest import CheckIn, arrive

pytestmark = pytest.mark.both_databases


def test_it_works(emma: Client, hotel: Hotel) -> None:
    assert "Nothing yet." in _read(emma)
    assert _ask(emma, "Two more towels\r\n2 < 3 & <b>").status_code == 302
    row = GuestRequest.objects.get()
    assert (row.request_text, row.room_number, row.source) == ("Two more towels\n2 < 3 & <b>", "101", "guest")
    assert row.guest_name == "Emma Clarke"
    page = _read(emma)
    assert "2 &lt; 3 &amp; &lt;b&gt;" in page
    assert "Received" in page


def test_it_shows_what_a_guest_may_know(emma: Client, hotel: Hotel) -> None:
    _ask(emma, "Tea")
    lan = cast.caller(hotel.lan)
    row = GuestRequest.objects.get()
    actions.change_status(
        by=lan, request_id=row.pk, status=Status.IN_PROGRESS, notes="Difficult guest", assignee="minh"
    )
    page = _read(emma)
    assert "We are on it" in page
    assert "Minh" in page
    assert "Difficult guest" not in page
    assert "minh" not in page.replace("Minh", "")


def test_a_form_sent_twice_asks_once(emma: Client) -> None:
    sent = {**fields_of(_read(emma)), "request_text": "Tea"}
    assert send(emma, "/stay", sent).status_code == 302
    assert send(emma, "/stay", sent).status_code == 302
    assert GuestRequest.objects.count() == 1


def test_an_old_form_with_new_words_is_asked_about_first(emma: Client) -> None:
    sent = {**fields_of(_read(emma)), "request_text": "Tea"}
    send(emma, "/stay", sent)
    page = send(emma, "/stay", {**sent, "request_text": "Coffee"}).content.decode()
    assert "You sent this form before" in page
    assert "Coffee</textarea>" in page.replace("\n", "")
    assert send(emma, "/stay", {**fields_of(page)}).status_code == 302
    assert GuestRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"request_text": " "}, "required"),
        ({"request_text": "x" * 1001}, "At most 1000"),
        ({"request_text": "x" * 10_001}, "10000"),
        ({"request_text": "bell\x07"}, "control character"),
        ({"service_type": "spa"}, "Select a valid choice"),
        ({"form_key": "é"}, "printable ASCII"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(
    emma: Client, said: dict[str, str], words: str
) -> None:
    form = fields_of(_read(emma))
    answer = send(emma, "/stay", {**form, "request_text": "Tea", **said})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert words in page
    assert said.get("request_text", "Tea").strip()[:5] in page
    assert not GuestRequest.objects.exists()


def test_a_room_over_its_hour_is_told_so(emma: Client, settings: object) -> None:
    settings.MAX_REQUESTS_PER_ROOM_PER_HOUR = 1  # type: ignore[attr-defined]
    _ask(emma, "Tea")
    answer = _ask(emma, "More tea")
    assert answer.status_code == 400
    assert "within an hour" in answer.content.decode()
    assert "More tea</textarea>" in answer.content.decode().replace("\n", "")


def test_a_pending_request_can_be_taken_back(emma: Client) -> None:
    _ask(emma, "Tea")
    row = GuestRequest.objects.get()
    assert send(emma, f"/stay/{row.pk}/cancel", {}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.notes) == ("cancelled", "Cancelled by the guest.")


def test_a_request_in_work_can_not(emma: Client, hotel: Hotel) -> None:
    _ask(emma, "Tea")
    row = GuestRequest.objects.get()
    actions.change_status(by=cast.caller(hotel.lan), request_id=row.pk, status=Status.IN_PROGRESS)
    assert f"/stay/{row.pk}/cancel" not in _read(emma)
    answer = send(emma, f"/stay/{row.pk}/cancel", {})
    assert answer.status_code == 403
    assert b"This did not work" in answer.content


def test_guest_and_staff_write_to_each_other(emma: Client, hotel: Hotel) -> None:
    _ask(emma, "Tea")
    row = GuestRequest.objects.get()
    actions.post_message(by=cast.caller(hotel.lan), request_id=row.pk, content="Green or black?")
    page = _read(emma, f"/stay/{row.pk}")
    assert "Green or black?" in page
    sent = {**fields_of(page), "content": "Green <3"}
    assert send(emma, f"/stay/{row.pk}", sent).status_code == 302
    assert send(emma, f"/stay/{row.pk}", sent).status_code == 302
    assert Message.objects.filter(from_guest=True).get().content == "Green <3"
    assert "Green &lt;3" in _read(emma, f"/stay/{row.pk}")


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_stays_requests_do_not_exist(
    emma: Client, hotel: Hotel, check_in: CheckIn, method: str
) -> None:
    _ask(arrive(check_in("102")), "Secret wish")
    row = GuestRequest.objects.get()
    assert "Secret" not in _read(emma)
    for address in (f"/stay/{row.pk}", f"/stay/{row.pk}/cancel"):
        answer = getattr(emma, method)(address, {"content": "x"})
        assert answer.status_code in (404, 405)
    row.refresh_from_db()
    assert row.status == "pending"


@pytest.mark.parametrize("pk", ["0", "9" * 18, "9" * 40])
def test_a_garbage_id_is_not_there(emma: Client, pk: str) -> None:
    assert emma.get(f"/stay/{pk}").status_code == 404
    assert emma.post(f"/stay/{pk}/cancel").status_code == 404


def test_staff_requests_for_the_same_room_are_not_shown(emma: Client, hotel: Hotel) -> None:
    new = NewRequest(request_text="Check the minibar", room_number="101")
    actions.create(by=cast.caller(hotel.lan), property_id=hotel.property.pk, new=new)
    assert "minibar" not in _read(emma)


def test_forms_are_protected_against_other_sites(emmas: OpenedStay) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(f"/s/{emmas.token}")
    assert client.post("/stay", {"request_text": "Tea"}).status_code == 403
    assert not GuestRequest.objects.exists()


def test_it_speaks_the_language_of_the_stay(check_in: CheckIn) -> None:
    answer = arrive(check_in("103", language="vi-VN")).get("/stay", headers={"Accept-Language": "en"})
    page = answer.content.decode()
    assert '<html lang="vi">' in page
    assert "Yêu cầu của quý khách" in page
    assert "Phục vụ phòng" in page
    assert answer["Content-Language"] == "vi"


def test_it_needs_no_script(emma: Client) -> None:
    assert "<script" not in _read(emma)


def _read(client: Client, address: str = "/stay") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def _ask(client: Client, text: str) -> object:
    return send(client, "/stay", {**fields_of(_read(client)), "request_text": text})
