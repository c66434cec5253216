"""Two server processes and one Redis: what is posted to one, the other's sockets show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cluster.local import Server, valkey
from tests import cast
from tests.cast import Hotel
from tests.live.lines import Node, running

ROOM = "property:demo-hotel"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    server = valkey.start(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def nodes(redis: Server, transactional_db: None) -> Iterator[tuple[Node, Node]]:
    with (
        running(name="node-1", REDIS_URL=redis.url) as one,
        running(name="node-2", REDIS_URL=redis.url) as two,
    ):
        yield one, two


def posted(node: Node, hotel: Hotel, text: str) -> int:
    """Ask for something through the API of one node; return the status of the answer."""
    body = {"requestText": text, "roomNumber": "101"}
    url = f"http://127.0.0.1:{node.port}/api/request"
    return httpx.post(url, json=body, headers=cast.bearer(hotel.hoa)).status_code


def test_what_one_node_takes_the_other_shows_with_redis_and_without(
    nodes: tuple[Node, Node], redis: Server, hotel: Hotel
) -> None:
    one, two = nodes
    with two.open(cast.bearer(hotel.lan)) as line:
        line.sub(ROOM)
        assert posted(one, hotel, "with the bell") == 201
        (first,) = line.wait_events(1)
        assert (first["instance"], first["data"]["request"]["requestText"]) == ("node-1", "with the bell")
        redis.process.kill()
        redis.process.wait()
        assert posted(one, hotel, "from the log") == 201
        assert line.wait_events(2)[1]["seq"] == first["seq"] + 1
