"""A guest's wish from first to last: asked, assigned, started, completed, answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from requests_app import actions
from requests_app.models import GuestRequest
from tests import cast
from tests.cast import Hotel
from tests.journeys.conftest import LIST, PHONE, Enter
from tests.journeys.house import House
from tests.journeys.test_live_list import is_live, watch

Credential = dict[str, str]


def test_lan_takes_it_starts_it_and_completes_it(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    page = watch(enter, hotel)
    house.post("Two more towels", phone)
    page.get_by_role("link", name="101").click()
    page.get_by_role("button", name="Take it").click()
    expect(page.locator(".timeline")).to_contain_text("Assigned to lan")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".request-marks")).to_contain_text("In progress")
    page.get_by_role("button", name="Complete").click()
    expect(page.locator(".request-marks")).to_contain_text("Completed")
    row = GuestRequest.objects.get()
    assert (row.status, row.assignee) == ("completed", hotel.lan)


def test_lan_assigns_three_at_once_and_hoa_sees_it_happen(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    for room in ("101", "102", "103"):
        house.post("Fresh sheets", phone, room=room)
    hoas = enter(hotel.hoa)
    hoas.goto(LIST)
    is_live(hoas)
    page = watch(enter, hotel)
    page.locator("#action-toggle").check()
    page.select_option(".actions select[name=action]", "to_in_progress")
    page.select_option(".actions select[name=assignee]", "minh")
    page.get_by_role("button", name="Go").click()
    expect(page.locator(".messagelist")).to_contain_text("3 requests are as you wished.")
    expect(hoas.locator("#result_list .is-in-progress")).to_have_count(3)
    expect(hoas.locator("#result_list .field-assignee", has_text="Minh")).to_have_count(3)


def test_what_a_colleague_does_shows_and_what_is_typed_stays(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    made = house.post("Two more towels", phone)
    page = enter(hotel.lan)
    page.goto(f"{LIST}{made['id']}/change/")
    is_live(page)
    page.fill("#id_content", "We are on our w")
    actions.edit(by=cast.caller(hotel.hoa), request_id=int(str(made["id"])), changes={"room_number": "205"})
    expect(page.locator("#bellhop-news")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("Room: 101 → 205")
    expect(page.locator(".request-now")).to_contain_text("Room 205")
    expect(page.locator("#id_content")).to_have_value("We are on our w")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".thread")).to_contain_text("We are on our w")


def test_two_who_correct_at_once_lose_nothing(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    made = house.post("Two more towels", phone)
    page = enter(hotel.lan)
    page.goto(f"{LIST}{made['id']}/change/")
    page.get_by_text("Correct this request").click()
    page.fill("#id_guest_name", "Emma Clarke")
    actions.edit(by=cast.caller(hotel.hoa), request_id=int(str(made["id"])), changes={"room_number": "205"})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").filter(has_text="Somebody else changed")).to_contain_text(
        "Room: 101 → 205"
    )
    expect(page.locator("#id_guest_name")).to_have_value("Emma Clarke")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    row = GuestRequest.objects.get()
    assert (row.guest_name, row.room_number) == ("Emma Clarke", "205")


def test_a_guest_without_scripts_asks_and_is_answered(
    house: House, hotel: Hotel, enter: Enter, browse: Callable[..., Page]
) -> None:
    until = timezone.now() + timedelta(days=1)
    lan = cast.caller(hotel.lan)
    stay = actions.open_stay(
        by=lan, property_id=hotel.property.pk, room_number="101", check_out=until, guest_name="Emma"
    )
    desk = watch(enter, hotel)
    guest = browse(viewport=PHONE, java_script_enabled=False)
    guest.goto(f"/s/{stay.token}")
    assert guest.url == f"{house.address}/stay"
    guest.fill("#id_request_text", "A cot for the baby")
    guest.get_by_role("button", name="Send").click()
    expect(guest.locator("article")).to_contain_text("Received")
    expect(desk.get_by_text("A cot for the baby")).to_be_visible()

    row = GuestRequest.objects.get()
    actions.post_message(by=lan, request_id=row.pk, content="In ten minutes!")
    guest.get_by_role("link", name="Messages").click()
    expect(guest.locator(".thread")).to_contain_text("In ten minutes!")
    guest.fill("#id_content", "Thank you <3")
    guest.get_by_role("button", name="Send").click()
    expect(guest.locator(".thread")).to_contain_text("Thank you <3")
    guest.get_by_role("button", name="Cancel").click()
    expect(guest.locator("article")).to_contain_text("Cancelled")
    expect(desk.locator("#result_list .is-cancelled")).to_have_count(1)

    actions.check_out(by=lan, stay_id=stay.stay.pk)
    guest.reload()
    expect(guest.get_by_role("heading")).to_contain_text("Goodbye")


def test_the_front_desk_checks_a_guest_in(hotel: Hotel, enter: Enter, browse: Callable[..., Page]) -> None:
    page = enter(hotel.lan)
    page.goto("/admin/requests_app/stay/add/")
    page.fill("#id_room_number", "102")
    page.get_by_role("button", name="Check in").click()
    guest = browse(viewport=PHONE)
    guest.goto(page.input_value("#guest-address"))
    expect(guest.locator("header")).to_contain_text("Room 102")
