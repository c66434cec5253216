"""Called twice, done once: keys, twins, refusals and the end of the day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from datetime import timedelta
from threading import Barrier
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from cluster.answers.problems import RuleViolated
from cluster.models import IdempotencyRecord, StreamHead
from cluster.once import VALIDITY, forget_old
from tests.cluster.doors import Write

pytestmark = [
    pytest.mark.urls("tests.cluster.doors"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
]


@pytest.fixture(autouse=True)
def _quiet_door() -> Iterator[None]:
    Write.gate, Write.entered, Write.failures = None, Signal(), []
    yield
    Write.gate = None


def write(
    key: str | None = "key-1", body: str = "{}", path: str = "/api/write", caller: str = "user:1"
) -> Any:
    headers = {"X-Caller": caller} | ({} if key is None else {"Idempotency-Key": key})
    client = Client(raise_request_exception=False)
    return client.post(path, body, content_type="application/json", headers=headers)


def rows() -> int:
    return StreamHead.objects.filter(stream__gt=1000).count()


def in_thread(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connections.close_all()


@pytest.mark.parametrize("body", ["{}", '{"quick": true}'])
def test_it_works(body: str) -> None:
    first, second = write(body=body), write(body=body)
    assert rows() == 1
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json()["data"] == first.json()["data"]
    assert second.json().get("pagination") == first.json().get("pagination")
    assert second["ETag"] == first["ETag"]
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"


def test_a_replay_names_its_own_request() -> None:
    first, second = write(), write()
    assert first.json()["_metadata"]["requestId"] != second.json()["_metadata"]["requestId"]


def test_without_a_key_every_call_is_done() -> None:
    write(key=None)
    write(key=None)
    assert rows() == 2
    assert not IdempotencyRecord.objects.exists()


def test_an_answer_without_content_is_replayed_too() -> None:
    client = Client()
    first, second = (client.delete("/api/remove", headers={"Idempotency-Key": "key-1"}) for _ in range(2))
    assert (first.status_code, second.status_code, second.content) == (204, 204, b"")
    assert second["Idempotent-Replayed"] == "true"
    assert rows() == 1


def test_another_body_under_the_same_key_is_refused() -> None:
    write()
    response = write(body='{"other": 1}')
    assert (response.status_code, response.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")
    assert rows() == 1


def test_a_key_belongs_to_one_caller_and_one_path() -> None:
    for call in ({}, {"caller": "user:2"}, {"path": "/api/write-too"}, {"key": "key-2"}):
        assert "Idempotent-Replayed" not in write(**call)
    assert rows() == 4


def test_a_slash_at_the_end_is_the_same_path() -> None:
    write()
    assert write(path="/api/write/")["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", "k" * 256, "schlüssel", "tab\tbed", "<ok>\x7f"])
def test_it_rejects_a_bad_key(key: str) -> None:
    response = write(key=key)
    assert response.status_code == 400
    assert response.json()["details"][0]["field"] == "Idempotency-Key"
    assert rows() == 0


def test_the_longest_key_is_good() -> None:
    write(key="k" * 255)
    assert write(key="k" * 255)["Idempotent-Replayed"] == "true"


def test_a_refusal_is_not_remembered() -> None:
    Write.failures = [RuleViolated("not now")]
    assert write().status_code == 422
    assert rows() == 0
    assert write().status_code == 201
    assert rows() == 1


def test_after_a_day_the_key_is_new() -> None:
    write()
    long_ago = timezone.now() - VALIDITY - timedelta(seconds=1)
    IdempotencyRecord.objects.update(created_at=long_ago)
    assert "Idempotent-Replayed" not in write(body='{"other": 1}')
    assert (rows(), IdempotencyRecord.objects.count()) == (2, 1)


def test_old_records_can_be_forgotten() -> None:
    write()
    write(key="key-2")
    IdempotencyRecord.objects.filter(key="key-1").update(created_at=timezone.now() - VALIDITY * 2)
    assert forget_old() == 1


def test_a_secret_of_an_answer_is_not_stored_in_clear() -> None:
    assert "tk_once" in write().content.decode()
    record = IdempotencyRecord.objects.get()
    assert "tk_once" not in f"{record.body}{record.headers}"
    assert "tk_once" in write().content.decode()


def test_an_answer_outlives_a_change_of_the_secret_key(settings: Any) -> None:
    first = write()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another-secret-key-of-this-test-only",
    )
    assert write().json()["data"] == first.json()["data"]
    settings.SECRET_KEY_FALLBACKS = []
    assert write().status_code == 422
    assert rows() == 1


def test_an_answer_moved_to_another_call_does_not_open() -> None:
    write()
    write(key="key-2")
    stolen = IdempotencyRecord.objects.get(key="key-1").body
    IdempotencyRecord.objects.filter(key="key-2").update(body=stolen)
    assert write(key="key-2").status_code == 422


def test_of_many_at_once_one_is_done() -> None:
    start = Barrier(6)

    def call() -> Any:
        start.wait(timeout=10)
        return write()

    with ThreadPoolExecutor(6) as threads:
        answers = [future.result() for future in [threads.submit(in_thread, call) for _ in range(6)]]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["data"]["row"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 5
    assert rows() == 1


def test_a_twin_waits_for_the_first_and_answers_the_same() -> None:
    first, second = _twins()
    assert second.json()["data"] == first.json()["data"]
    assert second["Idempotent-Replayed"] == "true"
    assert rows() == 1


def test_a_twin_does_the_work_when_the_first_is_rolled_back() -> None:
    Write.failures = [RuleViolated("not now")]
    first, second = _twins()
    assert (first.status_code, second.status_code) == (422, 201)
    assert "Idempotent-Replayed" not in second
    assert rows() == 1


def _twins() -> tuple[Any, Any]:
    """Return the answers of a call and of its twin, which arrives while the first is at work."""
    Write.gate = Signal()
    with ThreadPoolExecutor(2) as threads:
        first: Future[Any] = threads.submit(in_thread, write)
        assert Write.entered.wait(timeout=10)
        second: Future[Any] = threads.submit(in_thread, write)
        with pytest.raises(StillWaiting):
            second.result(timeout=0.3)
        Write.gate.set()
        return first.result(timeout=20), second.result(timeout=20)
