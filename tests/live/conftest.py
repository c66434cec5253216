"""The demo hotel, the other one, and a server for their sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

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
def node(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, limits: tuple[str, ...]
) -> Iterator[Node]:
    """One server for a module: starting it is the dear part.

    When it leaves, it writes its last refusals into the audit book; the tables of the module's last test are
    empty by then, and these rows would be there for every later test. So they are emptied once more.
    """
    with running(*limits) as started:
        yield started
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def lan(hotel: Hotel, node: Node) -> Iterator[Line]:
    """Lan's socket, greeted."""
    with node.open(cast.bearer(hotel.lan)) as line:
        line.wait_for("hello")
        yield line
