"""Two real `manage.py serve` on one database: one dies, one leaves, one is put to sleep."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from cluster.local.process import free_port
from cluster.models import Node
from tests import cast
from tests.cast import Hotel
from tests.journeys.house import HANG_UP, ROOT, House
from tests.live.lines import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def hotel(transactional_db: None) -> Hotel:
    return cast.demo_hotel()


@pytest.fixture
def houses(hotel: Hotel, tmp_path: Path) -> Iterator[list[House]]:
    """Two nodes; the first one leads."""
    opened = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        opened.append(House(folder).open())
        until(lambda: Node.objects.count() == len(opened))
    yield opened
    for house in opened:
        if house.process is not None and house.process.poll() is None:
            house.process.send_signal(signal.SIGCONT)
        house.close()


class Watch:
    """Asks one node for the cluster's status."""

    def __init__(self, hotel: Hotel) -> None:
        self._credential = cast.bearer(hotel.hoa)

    def status(self, house: House) -> dict[str, Any]:
        answer = httpx.get(f"{house.address}/api/cluster-status", headers=self._credential)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()["data"]
        return said

    def answers(self, house: House) -> bool:
        return httpx.get(f"{house.address}/api/cluster-status", headers=self._credential).is_success

    def states(self, house: House) -> dict[str, str]:
        return {node["instanceId"]: node["status"] for node in self.status(house)["nodes"]}

    def leader(self, house: House) -> str | None:
        found: str | None = self.status(house)["leader"]
        return found


@pytest.fixture
def watch(hotel: Hotel) -> Watch:
    return Watch(hotel)


def name_of(house: House) -> str:
    return f"journey-{house.port}"


def measured(text: str, name: str) -> float:
    """One number of a page of metrics, however it is written (a fresh heartbeat is `9.1e-05`)."""
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))


def test_the_leader_is_killed(houses: list[House], watch: Watch) -> None:
    first, second = houses
    until(lambda: watch.leader(second) == name_of(first))
    assert watch.states(second) == {name_of(first): "up", name_of(second): "up"}
    assert watch.status(second)["mode"] == "cluster"
    term = watch.status(second)["term"]
    died = time.monotonic()
    first.die()
    until(lambda: watch.leader(second) == name_of(second), 4 - (time.monotonic() - died))
    until(lambda: watch.states(second)[name_of(first)] == "down", 5 - (time.monotonic() - died))
    assert watch.status(second)["term"] == term + 1
    assert watch.states(second)[name_of(second)] == "up"


def test_the_leader_leaves(houses: list[House], watch: Watch) -> None:
    first, second = houses
    until(lambda: watch.leader(second) == name_of(first))
    first.close()
    assert watch.states(second) == {name_of(second): "up"}
    until(lambda: watch.leader(second) == name_of(second), 2)


def test_a_node_is_paused_and_wakes(houses: list[House], watch: Watch) -> None:
    first, second = houses
    assert first.process is not None
    boot = Node.objects.get(pk=name_of(first)).boot
    first.process.send_signal(signal.SIGSTOP)
    until(lambda: watch.states(second)[name_of(first)] == "down", 5)
    until(lambda: watch.leader(second) == name_of(second), 4)
    first.process.send_signal(signal.SIGCONT)
    until(lambda: watch.states(second)[name_of(first)] == "up", 5)
    assert Node.objects.get(pk=name_of(first)).boot != boot
    assert watch.leader(first) == name_of(second)


def test_a_name_is_one_process_s(houses: list[House]) -> None:
    first, _ = houses
    refused = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", str(free_port())],
        cwd=ROOT,
        env=first._environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 78
    assert f"'{name_of(first)}' is taken" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert httpx.get(f"{first.address}/health/live").status_code == 200


def test_a_node_that_crashed_comes_back_under_its_name(houses: list[House], watch: Watch) -> None:
    first, second = houses
    first.die()
    first.open()
    assert watch.states(second) == {name_of(first): "up", name_of(second): "up"}


def test_the_database_hangs_up_on_everybody(houses: list[House], watch: Watch) -> None:
    first, second = houses
    until(lambda: watch.leader(second) == name_of(first))
    before = Node.objects.in_bulk()
    with connection.cursor() as cursor:
        cursor.execute(HANG_UP)
        assert cursor.rowcount >= 2
    until(lambda: all(node.last_heartbeat > before[node.pk].last_heartbeat for node in Node.objects.all()), 3)
    assert {node.boot for node in Node.objects.all()} == {node.boot for node in before.values()}
    until(lambda: watch.answers(second), 5)  # a connection that died within its second of trust is a 503
    assert watch.states(second) == {name_of(first): "up", name_of(second): "up"}
    assert watch.leader(second) == name_of(first)


def test_the_metrics_tell(houses: list[House], watch: Watch) -> None:
    first, second = houses
    until(lambda: watch.leader(second) == name_of(first))
    text = httpx.get(f"{first.address}/metrics").text
    assert 'bellhop_node_state{bellhop_node_state="up"} 1.0' in text
    assert "bellhop_leader 1.0" in text
    assert "bellhop_leader_takeovers_total 1.0" in text
    assert 'bellhop_job_runs_total{job="event-retention"}' in text
    assert 0 <= measured(text, "bellhop_heartbeat_age_seconds") < 60
    assert "bellhop_leader 0.0" in httpx.get(f"{second.address}/metrics").text
