"""A real browser walks through the house: our policy stops nothing, and what it should stop is reported."""

from __future__ import annotations

import httpx
from playwright.sync_api import Browser, Page, expect

from tests import cast
from tests.cast import Hotel
from tests.journeys.conftest import LIST, Enter
from tests.journeys.house import House

PAGES = (
    *("/admin/", LIST, f"{LIST}{{pk}}/change/", f"{LIST}{{pk}}/history/", "/admin/cluster/node/"),
    *(
        "/admin/security/user/",
        "/admin/security/user/add/",
        "/admin/password_change/",
    ),
    "/api/docs",
)
LISTEN = """
  window.stopped = [];
  document.addEventListener("securitypolicyviolation", (it) =>
    window.stopped.push(`${it.documentURI} ${it.effectiveDirective} ${it.blockedURI}`));
"""
BREAK = 'document.body.insertAdjacentHTML("beforeend", "<p style=\\"color: red\\">x</p>")'


def stopped(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.stopped")
    return found


def reports(house: House) -> float:
    said = httpx.get(f"{house.address}/metrics").text
    lines = [line for line in said.splitlines() if line.startswith("bellhop_csp_reports_total{")]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def test_no_page_breaks_the_policy(house: House, hotel: Hotel, enter: Enter, chromium: Browser) -> None:
    admin = cast.person("admin", is_superuser=True)
    admin.save()
    request = cast.asked(hotel.lan, hotel.property)
    opened = cast.checked_in(hotel.lan, hotel.property)
    before = reports(house)
    page = enter(admin)
    page.add_init_script(LISTEN)
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status == 404 else None)
    found: dict[str, list[str]] = {}
    for address in (*PAGES, "/admin/login/", f"/s/{opened.token}"):
        page.goto(address.format(pk=request.pk), wait_until="load")
        if address == "/api/docs":
            expect(page.locator(".opblock").first).to_be_visible()
        found[address] = stopped(page)
    assert {address: what for address, what in found.items() if what} == {}
    assert missing == []
    assert reports(house) == before
    with chromium.new_context(base_url=house.address) as context:
        stranger = context.new_page()
        stranger.add_init_script(LISTEN)
        stranger.goto("/admin/login/")
        stranger.evaluate(BREAK)
        stranger.wait_for_function("window.stopped.length > 0")
        assert "style-src-attr inline" in stopped(stranger)[0]
