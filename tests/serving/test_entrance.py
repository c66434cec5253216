"""Calls at a node that drains: the last ones in, then nobody."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread

import pytest
from django.test import Client

from cluster import hub, pulse
from cluster.serving import drain
from cluster.serving.doors import Doors, Entrance, entrance

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _open_again() -> Iterator[None]:
    yield
    entrance.set(Doors.OPEN)


def test_an_open_node_says_nothing_of_it(client: Client) -> None:
    assert "Connection" not in client.get("/api/docs").headers


def test_the_last_answers_end_their_connections(client: Client) -> None:
    entrance.set(Doors.CLOSING)
    answer = client.get("/api/docs")
    assert (answer.status_code, answer["Connection"]) == (200, "close")


def test_a_shut_node_refuses_before_anything_is_done(client: Client) -> None:
    entrance.set(Doors.SHUT)
    answer = client.post("/api/request", {"requestText": "towels"}, content_type="application/json")
    assert (answer.status_code, answer["Connection"], answer["Retry-After"]) == (503, "close", "1")
    said = answer.json()
    assert (said["success"], said["code"], said["retryAfter"]) == (False, "NODE_DRAINING", 1)
    assert answer["X-Request-ID"] == said["_metadata"]["requestId"]


def test_people_are_refused_in_words(client: Client) -> None:
    entrance.set(Doors.SHUT)
    answer = client.get("/admin/")
    assert answer.status_code == 503
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_probes_are_answered_to_the_end(client: Client, path: str) -> None:
    entrance.set(Doors.SHUT)
    assert client.get(path).status_code == 200


def test_a_node_that_is_in_no_cluster_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "is_out", lambda: True)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["reason"]) == (503, "not-in-cluster")
    assert client.get("/health").status_code == 200


def test_a_draining_node_says_so_and_takes_it_back(client: Client) -> None:
    drain.begin("tests")
    try:
        assert client.get("/health/ready").json()["reason"] == "draining"
        assert client.get("/health").json()["draining"] is True
        assert client.get("/health/live").status_code == 200
    finally:
        assert drain.end()
    assert client.get("/health/ready").status_code == 200
    assert not hub.leaving()
    assert not drain.end()


def test_who_is_inside_is_waited_for() -> None:
    inside, enough = Event(), Event()
    house = Entrance()

    def call() -> None:
        welcome = house.enter()
        inside.set()
        enough.wait(10)
        house.leave(welcome)

    thread = Thread(target=call)
    thread.start()
    inside.wait(10)
    assert not house.empty(0.01)
    enough.set()
    assert house.empty(10)
    thread.join(10)


def test_who_is_refused_is_not() -> None:
    house = Entrance()
    house.set(Doors.SHUT)
    assert not house.enter()
    assert house.empty(0)
