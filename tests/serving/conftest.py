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


def opened(folder: Path, roles: tuple[str, ...], **more: str) -> list[House]:
    """Start a node of each role."""
    houses = []
    for number, role in enumerate(roles):
        (folder / f"{role}-{number}").mkdir()
        houses.append(House(folder / f"{role}-{number}", more={"ROLE": role, **more}))
    with ThreadPoolExecutor() as threads:
        return list(threads.map(House.open, houses))


@pytest.fixture
def open_nodes(hotel: Hotel, tmp_path: Path) -> Iterator[Open]:
    started: list[House] = []

    def start(*roles: str, **more: str) -> list[House]:
        started.extend(opened(tmp_path, roles, **more))
        return started[-len(roles) :]

    yield start
    for house in started:
        house.die()
