"""A manager sets up a second factor, on a phone or with a security key, and comes in with it."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Page, expect

from tests import cast
from tests.cast import Hotel
from tests.journeys.conftest import PHONE, Enter
from tests.journeys.house import House


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


def test_a_key_from_set_up_to_second_step(browse: Callable[..., Page], house: House, hotel: Hotel) -> None:
    page = browse()
    here = f"http://localhost:{house.port}"  # keys are made for names, not for addresses
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    made = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    more = {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": made | more})
    log_in(page, here)
    page.goto(f"{here}/admin/account/")
    page.click("text=Add a security key or passkey")
    page.fill("#id_name", "Front desk's key")
    page.fill("#id_password", cast.PASSWORD)
    page.click("button:has-text('Add it')")
    expect(page.locator(".codes li")).to_have_count(10)
    page.context.clear_cookies()
    log_in(page, f"{here}/admin/account/")
    page.click("button:has-text('Use my security key')")
    expect(page.locator("text=Front desk's key")).to_be_visible()
    assert page.url == f"{here}/admin/account/"
    page.fill("li:has-text('Front desk') input[name=password]", cast.PASSWORD)
    page.click("button:has-text('Remove')")
    expect(page.locator("text=The key is removed.")).to_be_visible()
    page.context.clear_cookies()
    log_in(page, f"{here}/admin/account/")
    expect(page.locator("text=Set up a second factor")).to_be_visible()


def log_in(page: Page, address: str) -> None:
    page.goto(address)
    page.fill("#id_username", "hoa")
    page.fill("#id_password", cast.PASSWORD)
    page.click("input[type=submit]")
