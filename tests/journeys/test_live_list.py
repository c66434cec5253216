"""The list is live: nobody reloads, nothing is missing."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Page, expect

from cluster.models import Event, StreamHead
from requests_app import actions
from requests_app.models import GuestRequest
from tests.cast import Hotel
from tests.journeys.conftest import LIST, PHONE, Enter
from tests.journeys.house import House

Credential = dict[str, str]
A_DAY = timedelta(days=1)


def test_a_request_posted_elsewhere_appears_by_itself(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    page = watch(enter, hotel)
    house.post("Two more towels", phone)
    expect(page.get_by_text("Two more towels")).to_be_visible()
    house.post("Fresh coffee", phone, room="205")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    expect(page.locator("#result_list tbody tr").first).to_contain_text("Fresh coffee")


def test_an_urgent_one_comes_with_a_toast_and_the_sound_that_was_allowed(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    page = watch(enter, hotel)
    house.post("The curtain is on fire", phone, room="118")
    toast = page.locator(".toast-urgent")
    expect(toast).to_contain_text("Urgent: room 118")
    sound = page.locator("#bellhop-sound")
    expect(sound).to_contain_text("Sound off")
    assert sound.get_attribute("data-rang") is None
    sound.click()
    expect(sound).to_contain_text("Sound on")
    house.post("Water leak in the bathroom", phone, room="119")
    expect(sound).to_have_attribute("data-rang", "1")
    page.get_by_text("Urgent: room 119").click()
    expect(page.get_by_role("heading", name="Room 119")).to_be_visible()


def test_a_late_one_is_told_as_overdue_and_marked(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    house.post("Two more towels", phone)
    page = watch(enter, hotel)
    GuestRequest.objects.update(created_at=F("created_at") - A_DAY, due_at=F("due_at") - A_DAY)
    actions.escalate(now=timezone.now(), limit=10)
    expect(page.locator(".toast-urgent")).to_contain_text("Overdue: room 101")
    expect(page.locator("#result_list .mark-escalation")).to_contain_text("×10")


def test_markup_from_a_stranger_stays_text_in_the_toast(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    page = watch(enter, hotel)
    house.post("<img src=x onerror=alert(1)> fire & 2 < 3", phone)
    expect(page.locator(".toast-urgent")).to_contain_text("<img src=x onerror=alert(1)> fire & 2 < 3")
    expect(page.locator("img[src=x]")).to_have_count(0)


def test_ticks_and_typing_survive_what_comes_in(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    first = house.post("Two more towels", phone)
    page = watch(enter, hotel)
    page.locator(f"input.action-select[value='{first['id']}']").check()
    page.fill(".actions input[name=notes]", "half a sen")
    house.post("Fresh coffee", phone)
    expect(page.get_by_text("Fresh coffee")).to_be_visible()
    expect(page.locator(f"input.action-select[value='{first['id']}']")).to_be_checked()
    expect(page.locator(".action-counter")).to_have_text("1 / 2")
    expect(page.locator(".actions input[name=notes]")).to_have_value("half a sen")


def test_a_lost_network_loses_nothing(house: House, hotel: Hotel, enter: Enter, phone: Credential) -> None:
    page = watch(enter, hotel)
    page.context.set_offline(True)
    expect(page.locator("#bellhop-live")).to_have_text("offline")
    house.post("Two more towels", phone)
    house.post("The stove is on fire", phone)
    expect(page.locator("#result_list")).to_have_count(0)
    page.context.set_offline(False)
    is_live(page)
    expect(page.locator("#result_list").get_by_text("Two more towels")).to_be_visible()
    expect(page.locator("#result_list").get_by_text("The stove is on fire")).to_be_visible()
    expect(page.locator(".toast-urgent")).to_have_count(1)


def test_a_log_too_short_to_catch_up_from_loses_nothing_either(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    page = watch(enter, hotel)
    page.context.set_offline(True)
    expect(page.locator("#bellhop-live")).to_have_text("offline")
    house.post("Two more towels", phone)
    Event.objects.filter(stream=hotel.property.pk).update(frame=None)
    StreamHead.objects.filter(stream=hotel.property.pk).update(oldest=F("seq") + 1)
    page.context.set_offline(False)
    is_live(page)
    expect(page.get_by_text("Two more towels")).to_be_visible()
    house.post("Fresh coffee", phone)
    expect(page.get_by_text("Fresh coffee")).to_be_visible()


def test_it_is_live_on_a_phone_too(house: House, hotel: Hotel, enter: Enter, phone: Credential) -> None:
    page = watch(enter, hotel, viewport=PHONE)
    house.post("Two more towels", phone)
    expect(page.get_by_text("Two more towels")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]


def watch(enter: Enter, hotel: Hotel, **options: object) -> Page:
    """Log Lan in and open the list, live."""
    page = enter(hotel.lan, **options)
    page.goto(LIST)
    is_live(page)
    return page


def is_live(page: Page) -> None:
    """Wait until the badge says so; a client that waits to try again may need its longest wait."""
    expect(page.locator("#bellhop-live")).to_have_text("live", timeout=35_000)
