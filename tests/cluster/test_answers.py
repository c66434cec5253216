"""Every answer has one shape, whatever went wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy

from cluster.answers import dumps, refuse
from cluster.answers.problems import DatabaseUnavailable
from cluster.identity import VERSION, instance_id
from tests.cluster.doors import GUEST

pytestmark = pytest.mark.urls("tests.cluster.doors")


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def test_it_wraps_what_a_view_answers(client: Client) -> None:
    response = client.get("/api/echo")
    body = response.json()
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert list(body) == ["success", "data", "pagination", "_metadata"]
    assert body["success"] is True
    assert body["pagination"] == {"page": 1}
    assert response["ETag"] == '"7"'


def test_its_metadata_names_the_request_and_the_node(client: Client) -> None:
    response = client.get("/api/quick", headers={"X-Request-ID": "abc-123"})
    metadata = response.json()["_metadata"]
    stamp = datetime.fromisoformat(metadata.pop("timestamp"))
    assert datetime.now(UTC) - stamp < timedelta(seconds=5)
    assert metadata == {
        "module": "request-module",
        "version": VERSION,
        "architecture": "django-cluster",
        "requestId": "abc-123",
        "instanceId": instance_id(),
    }


def test_markup_leaves_as_escapes_and_comes_back_to_the_letter(client: Client) -> None:
    response = client.get("/api/echo")
    assert not re.search(rb"[<>&]", response.content)
    assert response.json()["data"]["text"] == "2 < 3 & 5 > 4"


def test_bytes_that_are_ready_take_the_same_envelope(client: Client) -> None:
    response = client.get("/api/quick")
    body = response.json()
    assert list(body) == ["success", "data", "pagination", "_metadata"]
    assert (body["data"], body["pagination"]) == ({"id": 7}, {"page": 1})
    assert response["ETag"] == '"7"'


def test_it_encodes_times_in_utc_and_decimals_as_strings() -> None:
    noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
    said = dumps({"at": noon, "amount": Decimal("10.50"), "word": gettext_lazy("Yes"), 7: None})
    assert said == b'{"at":"2026-01-02T12:00:00Z","amount":"10.50","word":"Yes","7":null}'


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("problem", 422, "BUSINESS_RULE_VIOLATION"),
        ("invalid", 400, "VALIDATION_ERROR"),
        ("whole", 400, "VALIDATION_ERROR"),
        ("model", 400, "VALIDATION_ERROR"),
        ("stranger", 401, "AUTHENTICATION_REQUIRED"),
        ("forbidden", 403, "PERMISSION_DENIED"),
        ("missing", 404, "NOT_FOUND"),
        ("throttled", 429, "RATE_LIMIT_EXCEEDED"),
        ("too_big", 413, "PAYLOAD_TOO_LARGE"),
        ("suspicious", 400, "VALIDATION_ERROR"),
        ("away", 503, "DATABASE_UNAVAILABLE"),
        ("closed", 503, "DATABASE_UNAVAILABLE"),
        ("integrity", 500, "INTERNAL_ERROR"),
        ("data", 500, "INTERNAL_ERROR"),
        ("bug", 500, "INTERNAL_ERROR"),
    ],
)
def test_it_tells_each_refusal_under_its_code(client: Client, name: str, status: int, code: str) -> None:
    response = client.get(f"/api/raise/{name}")
    body = response.json()
    assert (response.status_code, body["success"], body["code"]) == (status, False, code)
    assert body["error"]
    assert body["_metadata"]["requestId"] == response["X-Request-ID"]
    assert GUEST not in response.content.decode()


def test_it_names_every_wrong_field_by_its_path(client: Client) -> None:
    details = client.get("/api/raise/invalid").json()["details"]
    assert details == [
        {"field": "roomNumber", "message": "Wrong.", "code": "invalid"},
        {"field": "items[1].unitPrice", "message": "Too low.", "code": "invalid"},
    ]


def test_it_names_a_single_wrong_field_in_the_sentence(client: Client) -> None:
    assert client.get("/api/raise/model").json()["error"] == "roomNumber: Wrong."


def test_it_challenges_a_stranger(client: Client) -> None:
    assert client.get("/api/raise/stranger")["WWW-Authenticate"].startswith("Bearer")


def test_it_says_when_to_come_back(client: Client) -> None:
    throttled = client.get("/api/raise/throttled")
    assert (throttled["Retry-After"], throttled.json()["retryAfter"]) == ("13", 13)
    away = client.get("/api/raise/away")
    assert int(away["Retry-After"]) == away.json()["retryAfter"] > 0


def test_a_fault_is_logged_without_the_words_it_broke_on(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/api/raise/integrity", headers={"X-Request-ID": "find-me-later"})
    client.get("/api/plain/bug")
    assert "IntegrityError" in caplog.text
    assert "find-me-later" in caplog.text
    assert "ValueError" in caplog.text
    assert GUEST not in caplog.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/nowhere", 404, "NOT_FOUND"),
        ("/api", 404, "NOT_FOUND"),
        ("/api//echo", 404, "NOT_FOUND"),
        ("/api/plain/bug", 500, "INTERNAL_ERROR"),
        ("/api/plain/away", 503, "DATABASE_UNAVAILABLE"),
    ],
)
def test_outside_of_a_view_the_api_still_answers_in_json(
    client: Client, path: str, status: int, code: str
) -> None:
    response = client.get(path)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_even_djangos_debug_pages_become_json(client: Client, settings: object) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
    for path, status in (("/api/nowhere", 404), ("/api/plain/bug", 500)):
        response = client.get(path, headers={"Accept": "text/html"})
        assert (response.status_code, response.json()["success"]) == (status, False)


def test_a_foreign_host_is_refused_in_json(client: Client) -> None:
    response = client.get("/api/echo", headers={"Host": "evil.example"})
    assert (response.status_code, response.json()["code"]) == (400, "VALIDATION_ERROR")


def test_a_missing_csrf_token_is_refused_in_json() -> None:
    response = Client(enforce_csrf_checks=True).post("/api/guest/lan")
    assert (response.status_code, response.json()["code"]) == (403, "PERMISSION_DENIED")


def test_pages_get_a_page(client: Client) -> None:
    for path, status in (("/nowhere", 404), ("/page/bug", 500)):
        response = client.get(path)
        assert response.status_code == status
        assert response["Content-Type"].startswith("text/html")
        assert "<h1>" in response.content.decode()
        assert not re.search(r"style=|<style|<script", response.content.decode())


def test_a_wrong_method_names_the_right_ones(client: Client) -> None:
    response = client.put("/api/echo", {}, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert {"GET", "POST"} <= set(response["Allow"].split(", "))


def test_head_and_options_answer(client: Client) -> None:
    head = client.head("/api/echo")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", '"7"')
    assert client.options("/api/echo").json()["success"] is True


def test_an_answer_without_content_has_none(client: Client) -> None:
    response = client.delete("/api/echo")
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", "garbage", "*/*;q=0", "application/json;q=x"]
)
def test_it_answers_json_whatever_is_accepted(client: Client, accept: str) -> None:
    response = client.get("/api/echo", headers={"Accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_a_refusal_outside_of_django_is_the_same_envelope() -> None:
    response = refuse(DatabaseUnavailable(retry_after=2))
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert b'"code":"DATABASE_UNAVAILABLE"' in response.content
