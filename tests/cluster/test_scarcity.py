"""A real node when something runs out: room for logs, connections to the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import connection

from tests import cast
from tests.cast import Hotel
from tests.journeys.house import HANG_UP, House
from tests.live.lines import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

MORE_THAN_THERE_ARE = 300


@pytest.fixture
def hotel(transactional_db: None) -> Hotel:
    return cast.demo_hotel()


@pytest.fixture
def house(hotel: Hotel, tmp_path: Path) -> Iterator[House]:
    opened = House(tmp_path)
    yield opened
    opened.close()


def measured(house: House, name: str) -> float:
    page = httpx.get(f"{house.address}/metrics").text
    return next(float(line.split()[1]) for line in page.splitlines() if line.startswith(f"{name} "))


def test_the_disk_for_logs_is_full(house: House, hotel: Hotel) -> None:
    (house.folder / "server.log").symlink_to("/dev/full")
    house.open()
    house.post("Two more towels", cast.bearer(hotel.lan))
    assert httpx.get(f"{house.address}/api/nowhere").status_code == 404
    assert measured(house, "bellhop_log_lines_lost_total") >= 2
    house.close()
    assert house.process is not None
    assert house.process.returncode == 0


@pytest.fixture
def taken() -> Iterator[list[psycopg.Connection[tuple[object, ...]]]]:
    held: list[psycopg.Connection[tuple[object, ...]]] = []
    yield held
    for one in held:
        one.close()


def hang_up() -> None:
    """End the node's connections: others take their places."""
    with connection.cursor() as cursor:
        cursor.execute(HANG_UP)


def take_all(held: list[psycopg.Connection[tuple[object, ...]]]) -> None:
    """Take every connection that the database has left."""
    place = connection.settings_dict
    address = f"postgresql://{place['USER']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
    for _ in range(MORE_THAN_THERE_ARE):
        try:
            held.append(psycopg.connect(address, application_name="greedy"))
        except psycopg.OperationalError:
            return
    pytest.fail("the database never ran out of connections")


def test_the_database_has_no_connection_left(
    house: House, hotel: Hotel, taken: list[psycopg.Connection[tuple[object, ...]]]
) -> None:
    """Who needs one is told to come back, and nobody has to be restarted for it."""
    house.more = {"DB_ACQUIRE_TIMEOUT": "500"}
    house.open()
    credential = cast.bearer(hotel.lan)
    asked = f"{house.address}/api/request"
    house.post("Two more towels", credential)

    def refused() -> bool:
        hang_up()
        take_all(taken)
        answer = httpx.get(asked, headers=credential, timeout=10)
        if answer.status_code == 200:
            return False
        assert answer.status_code == 503
        assert answer.json()["code"] == "DATABASE_UNAVAILABLE"
        assert int(answer.headers["Retry-After"]) >= 1
        return True

    until(refused, 30)
    assert httpx.get(f"{house.address}/health/live").status_code == 200
    while taken:
        taken.pop().close()
    until(lambda: httpx.get(asked, headers=credential, timeout=10).is_success, 5)
    house.post("Fresh coffee", credential)
