"""From the login page to the hotel's provider, another site, and back, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from security.models import Identity
from tests.cast import Hotel
from tests.journeys.house import House
from tests.security import provider as theirs
from tests.security.provider import CLIENT, SECRET, Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with theirs.running() as found:
        yield found


@pytest.fixture
def house(provider: Provider, hotel: Hotel, tmp_path: Path) -> Iterator[House]:
    said = {"OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    opened = House(tmp_path, more=said | {"OIDC_NAME": "Hotel ID"}).open()
    yield opened
    opened.close()


def test_there_and_back(browse: Callable[..., Page], house: House, provider: Provider, hotel: Hotel) -> None:
    page = browse()
    page.goto(f"http://localhost:{house.port}/admin/account/")
    page.click("text=Sign in with Hotel ID")
    expect(page.locator(".errornote, .messagelist")).to_contain_text("linked with nobody here")
    Identity.objects.create(issuer=provider.issuer, subject="sub-1", user=hotel.hoa)
    page.click("text=Sign in with Hotel ID")
    expect(page.locator("#user-tools")).to_be_visible()
    assert page.url == f"http://localhost:{house.port}/admin/account/"
