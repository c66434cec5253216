"""A real server and a real Chromium, for people who walk through the house."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker

from security.models import User
from tests import cast
from tests.cast import Hotel
from tests.journeys.house import House, sweep

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
LIST = "/admin/requests_app/guestrequest/"

Enter = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = os.environ.get("BELLHOP_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    assert program, "the journeys need a browser: install Chromium (Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def hotel(transactional_db: None) -> Hotel:
    return cast.demo_hotel()


@pytest.fixture(scope="module")
def lasting_house(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One server for all of a module who only live in it; every test finds it empty."""
    opened = House(tmp_path_factory.mktemp("house")).open()
    yield opened
    opened.close()
    sweep(django_db_blocker)


@pytest.fixture
def house(lasting_house: House, hotel: Hotel) -> House:
    return lasting_house


class Complaints:
    """What browsers had to say; a lost network is no fault of the page, nor is a goodbye."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def listen(self, page: Page) -> None:
        """Write down errors of the page, a broken policy among them."""
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.heard.append(f"{page.url}: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        expected = ("net::ERR_", "WebSocket connection to", "status of 410")
        if message.type in ("error", "warning") and not any(words in message.text for words in expected):
            self.heard.append(message.text)


@pytest.fixture
def browse(chromium: Browser, house: House) -> Iterator[Callable[..., Page]]:
    """Open a new browser of somebody; at the end none may have complained."""
    complaints = Complaints()
    contexts: list[BrowserContext] = []

    def open_page(**options: object) -> Page:
        options.setdefault("viewport", DESK)
        context = chromium.new_context(base_url=house.address, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        complaints.listen(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints.heard == []


@pytest.fixture
def enter(browse: Callable[..., Page]) -> Enter:
    """Log somebody in through the login page."""

    def log_in(user: User, **options: object) -> Page:
        page = browse(**options)
        page.goto("/")
        page.fill("#id_username", user.username)
        page.fill("#id_password", cast.PASSWORD)
        page.click("input[type=submit]")
        expect(page.locator("#user-tools")).to_be_visible()
        return page

    return log_in


@pytest.fixture
def phone(hotel: Hotel) -> dict[str, str]:
    """The credential of a voice assistant."""
    return cast.api_key(hotel.property, "request:create")
