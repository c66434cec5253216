"""A manager sets up a second factor on a phone, and comes in with it."""

from __future__ import annotations

from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import expect

from tests import cast
from tests.cast import Hotel
from tests.journeys.conftest import PHONE, Enter


def code(secret: str, ahead: int) -> str:
    counter = list(totp.yield_hotp_counters_from_time())[1] + ahead
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_from_set_up_to_second_step(enter: Enter, hotel: Hotel) -> None:
    page = enter(hotel.hoa, viewport=PHONE)
    page.goto("/admin/account/")
    page.click("text=Set up a second factor")
    secret = page.locator(".account code").inner_text()
    page.fill("#id_code", code(secret, 0))
    page.fill("#id_password", cast.PASSWORD)
    page.click("button:has-text('Set up')")
    expect(page.locator(".codes li")).to_have_count(10)
    page.click("text=I have kept them")
    page.context.clear_cookies()
    page.goto("/")
    page.fill("#id_username", "hoa")
    page.fill("#id_password", cast.PASSWORD)
    page.click("input[type=submit]")
    page.fill("#id_code", code(secret, 1))
    page.click("button:has-text('Go on')")
    expect(page.locator("#user-tools")).to_be_visible()
