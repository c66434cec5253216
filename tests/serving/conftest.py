"""Processes as an operator starts them, several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import cast
from tests.cast import Hotel
from tests.journeys.house import House

Open = Callable[..., list[House]]


@pytest.fixture
def hotel(transactional_db: None) -> Hotel:
    return cast.demo_hotel()


@pytest.fixture
def open_nodes(hotel: Hotel, tmp_path: Path) -> Iterator[Open]:
    """Start a node of each role."""
    houses: list[House] = []

    def start(*roles: str, **more: str) -> list[House]:
        for role in roles:
            folder = tmp_path / f"{role}-{len(houses)}"
            folder.mkdir()
            houses.append(House(folder, more={"ROLE": role, **more}))
        with ThreadPoolExecutor() as threads:
            return list(threads.map(House.open, houses[-len(roles) :]))

    yield start
    for house in houses:
        house.die()
