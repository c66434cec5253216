"""Every request has a name and leaves one line; slashes and hosts do not matter to programs."""

from __future__ import annotations

import logging

import pytest
from django.test import AsyncClient, Client

from cluster.context import current_request_id
from cluster.identity import instance_id

pytestmark = pytest.mark.urls("tests.cluster.doors")


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


PATHS = [
    "/api/echo",
    "/api/nowhere",
    "/api/plain/bug",
    "/nowhere",
    "/page/bug",
    "/health/live",
    "/static/nothing.css",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_names_the_request_and_the_node(client: Client, path: str) -> None:
    response = client.get(path)
    assert len(response["X-Request-ID"]) >= 8
    assert response["X-Instance-ID"] == instance_id()


def test_it_keeps_the_clients_name_for_the_request(client: Client) -> None:
    assert client.get("/api/echo", headers={"X-Request-ID": "Kiosk-7_a.b"})["X-Request-ID"] == "Kiosk-7_a.b"


@pytest.mark.parametrize("name", ["", "two words", "a" * 129, "<b>", "né", 'quo"te', "line\nbreak"])
def test_it_does_not_keep_an_odd_name(client: Client, name: str) -> None:
    given = client.get("/api/echo", headers={"X-Request-ID": name})["X-Request-ID"]
    assert given != name
    assert given.isalnum()


def test_the_name_is_forgotten_after_the_answer(client: Client) -> None:
    client.get("/api/echo")
    assert current_request_id() == ""


async def test_it_does_the_same_under_asgi() -> None:
    client = AsyncClient(raise_request_exception=False)
    response = await client.get("/api/echo/", headers={"X-Request-ID": "abc-123"})
    assert (response.status_code, response["X-Request-ID"]) == (200, "abc-123")
    assert response.json()["_metadata"]["requestId"] == "abc-123"
    assert (await client.get("/api/plain/away")).json()["code"] == "DATABASE_UNAVAILABLE"
    assert (await client.get("/health/live")).status_code == 200


def test_one_line_tells_the_route_and_masks_the_rest(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="cluster.access"):
        client.get("/api/guest/Mr%20Nguyen?guestName=Nguyen&limit=5&limit=6")
    lines = [record.getMessage() for record in caplog.records if record.name == "cluster.access"]
    assert len(lines) == 1
    assert "/api/guest/<name>" in lines[0]
    assert "guestName=*&limit=*" in lines[0]
    assert "Nguyen" not in lines[0]


def test_a_slash_at_the_end_answers_the_same_without_a_redirect(client: Client) -> None:
    assert client.get("/api/echo/").json()["data"] == client.get("/api/echo").json()["data"]
    assert client.get("/health/live/").status_code == 200


def test_two_slashes_name_nothing(client: Client) -> None:
    assert client.get("/api/echo//").status_code == 404
