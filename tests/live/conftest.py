"""The demo hotel, the other one, and a server for their sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import cast
from tests.cast import Hotel, OtherHotel
from tests.live.lines import Line, Node, running


@pytest.fixture
def hotel(transactional_db: None) -> Hotel:
    return cast.demo_hotel()


@pytest.fixture
def elsewhere(transactional_db: None) -> OtherHotel:
    return cast.other_hotel()


@pytest.fixture(scope="module")
def limits() -> tuple[str, ...]:
    """Limits that the module's server has shorter than usual."""
    return ()


@pytest.fixture(scope="module")
def node(django_db_setup: None, django_db_blocker: object, limits: tuple[str, ...]) -> Iterator[Node]:
    """One server for a module: starting it is the dear part."""
    with running(*limits) as started:
        yield started


@pytest.fixture
def lan(hotel: Hotel, node: Node) -> Iterator[Line]:
    """Lan's socket, greeted."""
    with node.open(cast.bearer(hotel.lan)) as line:
        line.wait_for("hello")
        yield line
