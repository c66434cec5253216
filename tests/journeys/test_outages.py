"""The server falls over or leaves; whoever looks at the list misses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.cast import Hotel
from tests.journeys.conftest import Enter
from tests.journeys.house import House
from tests.journeys.test_live_list import is_live, watch

Credential = dict[str, str]


@pytest.fixture
def house(hotel: Hotel, tmp_path: Path) -> Iterator[House]:
    """A server of their own, to be knocked over."""
    opened = House(tmp_path).open()
    yield opened
    opened.close()


def test_a_server_that_dies_and_comes_back_loses_nothing(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    page = watch(enter, hotel)
    house.post("Two more towels", phone)
    expect(page.get_by_text("Two more towels")).to_be_visible()
    house.die()
    expect(page.locator("#bellhop-live")).to_have_text("offline")
    house.open()
    house.post("Fresh coffee", phone)
    is_live(page)
    expect(page.get_by_text("Fresh coffee")).to_be_visible()
    expect(page.locator("#result_list tbody tr")).to_have_count(2)


def test_a_server_that_leaves_in_good_order_is_found_again(
    house: House, hotel: Hotel, enter: Enter, phone: Credential
) -> None:
    page = watch(enter, hotel)
    house.close()
    expect(page.locator("#bellhop-live")).to_have_text("offline")
    house.open()
    is_live(page)
    house.post("Fresh coffee", phone)
    expect(page.get_by_text("Fresh coffee")).to_be_visible()
