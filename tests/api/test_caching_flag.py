"""`request-caching`: off, every read goes to the database; at once, in every process that looks."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from rest_framework.test import APIClient

from cluster import flags
from requests_app.flags import CACHING
from tests import cast
from tests.cast import Hotel
from tests.journeys.house import House
from tests.live.lines import until

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR = {"kind": "operator", "name": "root"}


@pytest.mark.both_databases
def test_off_and_on_again(transactional_db: None) -> None:
    hotel: Hotel = cast.demo_hotel()
    asking = APIClient(headers=cast.bearer(hotel.hoa))

    def layers() -> list[str]:
        return [asking.get("/api/request").headers["X-Cache"] for _ in range(3)]

    assert layers() == ["MISS", "L1", "L1"]
    flags.switch([CACHING.name], on=False, by=OPERATOR)
    assert layers() == ["BYPASS"] * 3
    flags.switch([CACHING.name], on=True, by=OPERATOR)
    assert "L1" in layers()


@pytest.mark.journey
def test_a_node_follows_within_a_second(transactional_db: None, tmp_path: Path) -> None:
    hotel = cast.demo_hotel()
    house = House(tmp_path).open()
    try:
        with httpx.Client(base_url=house.address, headers=cast.bearer(hotel.hoa)) as asking:

            def bypassed() -> bool:
                return asking.get("/api/request").headers["X-Cache"] == "BYPASS"

            flags.switch([CACHING.name], on=False, by=OPERATOR)
            until(bypassed, 2)
            flags.switch([CACHING.name], on=True, by=OPERATOR)
            until(lambda: not bypassed(), 2)
    finally:
        house.close()
