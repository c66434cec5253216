"""GET /api/request/performance over two real processes: each node's own numbers, and their sum."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cluster.models import Node
from tests import cast
from tests.cast import Hotel
from tests.journeys.house import House
from tests.live.lines import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def hotel(transactional_db: None) -> Hotel:
    return cast.demo_hotel()


@pytest.fixture
def houses(hotel: Hotel, tmp_path: Path) -> Iterator[list[House]]:
    opened = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        opened.append(House(folder).open())
        until(lambda: Node.objects.count() == len(opened))
    yield opened
    for house in opened:
        house.close()


def test_it_is_told_by_node_and_in_sum(houses: list[House], hotel: Hotel) -> None:
    first, second = houses
    credential = cast.bearer(hotel.hoa)
    for house, times in ((first, 3), (second, 2)):
        for n in range(times):
            house.post(f"Towels {n}", credential)

    def told(house: House) -> dict[str, Any]:
        answer = httpx.get(f"{house.address}/api/request/performance", headers=credential)
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data

    def count(figures: dict[str, Any]) -> int:
        return int(figures["operations"].get("request.create", {"count": 0})["count"])

    for house in houses:
        until(lambda house=house: count(told(house)) == 5, 10)  # type: ignore[misc]
        data = told(house)
        by_node = {node["instanceId"]: count(node) for node in data["nodes"]}
        assert by_node == {f"journey-{first.port}": 3, f"journey-{second.port}": 2}
        assert data["operations"]["request.create"].keys() == {"count", "avg", "p50", "p95", "p99"}
        assert 0 < data["operations"]["request.create"]["p50"] <= data["operations"]["request.create"]["p99"]
