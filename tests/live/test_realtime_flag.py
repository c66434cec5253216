"""`request-real-time-notifications`: off, news are logged, nothing is pushed, sockets close with 4503."""

from __future__ import annotations

import time

from rest_framework.test import APIClient

from cluster import flags
from requests_app.flags import REALTIME
from tests import cast
from tests.cast import Hotel
from tests.live.lines import Line, Node, until

OPERATOR = {"kind": "operator", "name": "root"}


def switch(percent: int, only: str = "") -> None:
    flags.switch_to(REALTIME.name, percent, by=OPERATOR, only=only)


def test_off_for_everyone_and_on_again(lan: Line, node: Node, hotel: Hotel) -> None:
    started = time.monotonic()
    switch(0)
    assert lan.closed()[0] == 4503
    assert time.monotonic() - started < 1.5
    with node.open(cast.bearer(hotel.lan)) as late:
        assert late.closed()[0] == 4503
    cast.asked(hotel.lan, hotel.property)
    since = APIClient(headers=cast.bearer(hotel.lan)).get("/api/events?since=0")
    assert [event["event"] for event in since.json()["data"]["events"]] == ["request:created"]
    switch(100)

    def welcome() -> bool:
        with node.open(cast.bearer(hotel.lan)) as line:
            return bool(line.next()["t"] == "hello")

    until(welcome, 3)


def test_off_for_one_role(lan: Line, node: Node, hotel: Hotel) -> None:
    with node.open(cast.bearer(hotel.hoa)) as hoa:
        hoa.wait_for("hello")
        switch(0, "role:front-desk")
        assert lan.closed()[0] == 4503
        assert hoa.sub("staff")["rooms"] == ["staff"]
    switch(100)
