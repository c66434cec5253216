"""What tests of a running node say to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import httpx
from django.db import connection, transaction
from websockets.sync.client import connect

from cluster.models import Node
from requests_app.models import GuestRequest
from tests import cast
from tests.cast import Hotel
from tests.journeys.house import House
from tests.live.lines import SUBPROTOCOL, Line, until

WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def name_of(house: House) -> str:
    return f"journey-{house.port}"


def row(house: House) -> Node:
    return Node.objects.get(pk=name_of(house))


def ready(house: House) -> httpx.Response:
    return httpx.get(f"{house.address}/health/ready")


def line(house: House, hotel: Hotel) -> Line:
    """Lan's socket."""
    address = f"ws://127.0.0.1:{house.port}/ws/events"
    headers = cast.bearer(hotel.lan)
    return Line(connect(address, additional_headers=headers, subprotocols=[SUBPROTOCOL], proxy=None))  # type: ignore[list-item]


class SlowCall:
    """A call that is inside for as long as ``held`` holds the row it wants to change."""

    def __init__(self, house: House, credential: dict[str, str], request_id: object) -> None:
        self.answer: httpx.Response | None = None
        self._url = f"{house.address}/api/request/{request_id}/status"
        self._credential = credential
        self._thread = Thread(target=self._call, daemon=True)
        self._thread.start()
        until(waiting_for_a_lock)

    def join(self) -> httpx.Response | None:
        self._thread.join(10)
        return self.answer

    def _call(self) -> None:
        try:
            body = {"status": "in-progress"}
            self.answer = httpx.patch(self._url, json=body, headers=self._credential, timeout=30)
        except httpx.TransportError:
            self.answer = None


def waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


@contextmanager
def held(request_id: object) -> Iterator[None]:
    """Keep everybody else from changing a request."""
    with transaction.atomic():
        GuestRequest.objects.select_for_update().get(pk=request_id)
        yield


class Desk:
    """Posts one request after the other on kept connections; a refused one goes to the other node."""

    def __init__(self, leaving: House, other: House, hotel: Hotel) -> None:
        self.outcomes: Counter[str] = Counter()
        self._addresses = [leaving.address, other.address]
        self._credential = cast.bearer(hotel.hoa)
        self._enough = Event()
        self._threads = [Thread(target=self._post, args=(number,), daemon=True) for number in range(3)]

    def __enter__(self) -> Desk:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join(10)

    def _post(self, number: int) -> None:
        with httpx.Client(headers=self._credential, timeout=10) as client:
            count = 0
            while not self._enough.wait(0.005):
                count += 1
                for address in self._addresses:
                    outcome = self._one(client, address, f"towels {number}.{count}")
                    self.outcomes[outcome] += 1
                    if outcome == "created":
                        break

    def _one(self, client: httpx.Client, address: str, text: str) -> str:
        body = {"requestText": text, "roomNumber": "101"}
        try:
            answer = client.post(f"{address}/api/request", json=body)
        except httpx.ConnectError:
            return "nobody there"
        except httpx.TransportError as problem:
            return f"cut: {problem!r}"
        if answer.status_code == 201:
            return "created"
        said: dict[str, Any] = answer.json()
        return f"{said['code']} {answer.headers.get('Retry-After')} {answer.headers.get('Connection')}"
