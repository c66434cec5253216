"""No read is older than a write acknowledged before it began, whatever becomes of Redis meanwhile.

Two server processes, one writer, four readers; Redis is flushed, frozen, killed and started again
under them. The readers count what they saw; none of it may be stale, and none may fail.
"""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from redis import Redis

from cluster.local import Server, valkey
from tests import cast
from tests.cast import Hotel
from tests.live.lines import Node, running

pytestmark = pytest.mark.timeout(180)

READS = 3_000
PATHS = ("/api/request", "/api/request/room/101")


class Hunt:
    """A writer that counts upwards in one request's text, and readers that compare."""

    def __init__(self, hotel: Hotel, nodes: tuple[Node, Node]) -> None:
        self.over = threading.Event()
        self.acknowledged = 0
        self.writes = 0
        self.reads = 0
        self.layers: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._nodes = nodes
        self._headers = cast.bearer(hotel.hoa)
        self._subject = cast.asked(hotel.hoa, hotel.property, "0").pk
        self._counting = threading.Lock()

    def write(self) -> None:
        with self._client(0) as one, self._client(1) as two:
            for number in self._numbers():
                client = (one, two)[number % 2]
                answer = client.patch(f"/api/request/{self._subject}", json={"requestText": str(number)})
                if answer.status_code == 200:
                    self.acknowledged = number
                else:
                    self.wrong.append(f"write: {answer.status_code}")
                self.writes += 1
                self.over.wait(0.004)

    def read(self, place: int) -> None:
        with self._client(place % 2) as client:
            for _ in self._numbers():
                before = self.acknowledged
                answer = client.get(PATHS[place // 2])
                seen = int(answer.json()["data"][0]["requestText"]) if answer.status_code == 200 else -1
                with self._counting:
                    self.reads += 1
                    self.layers[answer.headers.get("X-Cache", "none")] += 1
                if seen < before:
                    self.wrong.append(f"{PATHS[place // 2]}: {seen} after {before}, {answer.status_code}")

    @contextmanager
    def under_way(self) -> Iterator[None]:
        tasks: list[Callable[[], None]] = [self.write]
        tasks += [lambda place=place: self.read(place) for place in range(2 * len(PATHS))]  # type: ignore[misc]
        threads = [threading.Thread(target=task) for task in tasks]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join(20)

    def reach(self, reads: int) -> None:
        """Wait until so many more reads are done, at most for half a minute."""
        wanted = self.reads + reads
        for _ in range(3_000):
            if self.reads >= wanted or self.wrong:
                return
            self.over.wait(0.01)
        raise AssertionError("the readers are stuck")

    def _client(self, node: int) -> httpx.Client:
        url = f"http://127.0.0.1:{self._nodes[node].port}"
        return httpx.Client(base_url=url, headers=self._headers, timeout=10)

    def _numbers(self) -> Iterator[int]:
        number = 0
        while not self.over.is_set():
            yield (number := number + 1)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    server = valkey.start(tmp_path)
    yield server
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGCONT)
    server.stop()


def flushed(redis: Server) -> None:
    with Redis.from_url(redis.url) as client:
        client.flushall()


def test_none_is_stale(redis: Server, transactional_db: None, tmp_path: Path, hotel: Hotel) -> None:
    share = READS // 8
    with (
        running(name="node-1", REDIS_URL=redis.url, LOG_LEVEL="error") as one,
        running(name="node-2", REDIS_URL=redis.url, LOG_LEVEL="error") as two,
    ):
        hunt = Hunt(hotel, (one, two))
        with hunt.under_way():
            hunt.reach(share)
            for _ in range(3):
                flushed(redis)
                hunt.reach(share // 3)
            redis.process.send_signal(signal.SIGSTOP)
            hunt.reach(share)
            redis.process.send_signal(signal.SIGCONT)
            hunt.reach(share)
            redis.process.kill()
            redis.process.wait()
            hunt.reach(share)
            again = valkey.start(tmp_path, port=redis.port)
            try:
                hunt.reach(3 * share)
            finally:
                again.stop()
    assert hunt.wrong == []
    assert hunt.reads >= READS
    assert hunt.writes > 50
    assert min(hunt.layers[layer] for layer in ("L1", "L2", "MISS")) > 0, hunt.layers
    assert hunt.layers["BYPASS"] == hunt.layers["none"] == 0
