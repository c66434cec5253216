"""Two real nodes: blocked at one, refused at the other, sockets too; and let in again."""

from __future__ import annotations

import io

import httpx
import pytest
from django.core.management import call_command
from websockets.exceptions import InvalidStatus

from security.models import Block
from tests import cast
from tests.cast import Hotel
from tests.journeys.house import House
from tests.live.lines import until
from tests.serving.conftest import Open, open_nodes  # noqa: F401 - a fixture
from tests.serving.talking import line


@pytest.fixture
def nodes(open_nodes: Open) -> tuple[House, House]:  # noqa: F811
    one, two = open_nodes("all", "all")
    return one, two


def status(node: House, credential: dict[str, str] | None = None) -> int:
    return httpx.get(f"{node.address}/api/request", headers=credential).status_code


def block(*words: str) -> None:
    call_command("block", *words, stdout=io.StringIO())


def test_a_block_holds_on_both_nodes_within_a_second_and_is_lifted(
    nodes: tuple[House, House], hotel: Hotel
) -> None:
    one, two = nodes
    for _ in range(8):
        httpx.get(f"{one.address}/api/request?q=' or 1=1--", headers={"User-Agent": "sqlmap/1.9"})
    assert Block.objects.get().source == "address:127.0.0.1"
    assert status(one) == 403
    until(lambda: status(two) == 403, seconds=1)
    assert status(two, cast.bearer(hotel.lan)) == 200
    block("remove", "127.0.0.1")
    until(lambda: status(one) == status(two) == 401, seconds=1)


def test_a_blocked_caller_loses_their_socket_and_the_short_way(
    nodes: tuple[House, House], hotel: Hotel
) -> None:
    one, two = nodes
    lan = cast.bearer(hotel.lan)
    for node in nodes:
        assert [status(node, lan) for _ in range(3)] == [200] * 3
    with line(two, hotel) as open_line:
        block("add", f"user:{hotel.lan.pk}")
        until(lambda: status(one, lan) == status(two, lan) == 403, seconds=1)
        assert open_line.closed()[0] == 4403
    with line(one, hotel) as refused:
        assert refused.closed()[0] == 4403
    block("remove", f"user:{hotel.lan.pk}")
    until(lambda: status(one, lan) == status(two, lan) == 200, seconds=1)


def test_a_blocked_address_gets_no_handshake(nodes: tuple[House, House], hotel: Hotel) -> None:
    one, _ = nodes
    block("add", "127.0.0.1")
    until(lambda: status(one) == 403, seconds=1)
    with pytest.raises(InvalidStatus) as refused:
        line(one, hotel)
    assert refused.value.response.status_code == 403
