"""An operator looks at the cluster; a node dies before their eyes, and orders go out with a click."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cluster.models import Node
from security.models import User
from tests import cast
from tests.cast import Hotel
from tests.journeys.conftest import PHONE, Enter
from tests.journeys.house import House
from tests.live.lines import until

CLUSTER = "/admin/cluster/node/"


@pytest.fixture
def house(hotel: Hotel, tmp_path: Path) -> Iterator[House]:
    """The node the operator's browser talks to, so not the one that dies."""
    folder = tmp_path / "first"
    folder.mkdir()
    opened = House(folder).open()
    yield opened
    opened.close()


@pytest.fixture
def other(house: House, tmp_path: Path) -> Iterator[House]:
    folder = tmp_path / "second"
    folder.mkdir()
    opened = House(folder).open()
    try:
        until(lambda: Node.objects.count() == 2)
        yield opened
    finally:
        opened.close()


@pytest.fixture
def operator(hotel: Hotel) -> User:
    user = cast.person("admin", is_superuser=True)
    user.save()
    return user


def name_of(house: House) -> str:
    return f"journey-{house.port}"


def picture(page: Page, name: str) -> None:
    """Leave a picture for whoever wants to look (``BELLHOP_PICTURES`` names the folder)."""
    folder = os.environ.get("BELLHOP_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_node_that_is_killed_is_seen_down_within_five_seconds(
    house: House, other: House, operator: User, enter: Enter
) -> None:
    page = enter(operator)
    page.goto(CLUSTER)
    expect(page.locator("#cluster-fresh")).to_have_text("live")
    card = page.locator(f'[data-node="{name_of(other)}"]')
    expect(card).to_have_attribute("data-state", "up")
    picture(page, "cluster-desk")
    other.die()
    expect(card).to_have_attribute("data-state", "down", timeout=5_000)
    expect(page.locator(f'[data-node="{name_of(house)}"]')).to_have_attribute("data-state", "up")
    expect(page.locator(".cluster-head")).to_contain_text("1 / 2")
    picture(page, "cluster-desk-down")


def test_it_says_when_it_is_not_up_to_date(house: House, operator: User, enter: Enter) -> None:
    page = enter(operator)
    page.goto(CLUSTER)
    expect(page.locator("#cluster-fresh")).to_have_text("live")
    house.die()
    expect(page.locator("#cluster-fresh")).to_have_text(re.compile(r"not updated since \d\d:\d\d:\d\d UTC"))
    house.open()
    expect(page.locator("#cluster-fresh")).to_have_text("live")


def test_a_drain_is_asked_about_and_then_done(
    house: House, other: House, operator: User, enter: Enter
) -> None:
    page = enter(operator, viewport=PHONE)
    page.goto(CLUSTER)
    card = page.locator(f'[data-node="{name_of(other)}"]')
    expect(page.locator("#cluster-fresh")).to_have_text("live")
    picture(page, "cluster-phone")
    card.get_by_role("link", name="Drain").click()
    expect(page.get_by_role("heading", name=f"Drain: {name_of(other)}?")).to_be_visible()
    picture(page, "cluster-phone-confirm")
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.locator(".messagelist")).to_contain_text(name_of(other))
    expect(card).to_have_attribute("data-state", "draining")
    expect(page.locator(".lately")).to_contain_text(f"admin ordered drain of {name_of(other)}")
    picture(page, "cluster-phone-drained")
    card.get_by_role("link", name="Undrain").click()
    page.get_by_role("button", name="Yes, do it").click()
    expect(card).to_have_attribute("data-state", "up")


def test_it_works_without_a_script_and_in_the_dark(house: House, operator: User, enter: Enter) -> None:
    page = enter(operator, java_script_enabled=False, color_scheme="dark")
    page.goto(CLUSTER)
    expect(page.locator(f'[data-node="{name_of(house)}"]')).to_have_attribute("data-state", "up")
    expect(page.locator("#cluster-fresh")).to_have_text("as it was when this page was loaded")
    picture(page, "cluster-dark")
    page.get_by_role("link", name="Drain").click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody else of this role serves")
    page.get_by_role("link", name="No, take me back").click()
    expect(page).to_have_url(f"{house.address}{CLUSTER}")
