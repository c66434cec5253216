"""Logs, traces, error reports: one name from a POST to another node's socket, no guest's word in any."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from cluster.local import valkey
from tests import cast
from tests.live.lines import running, until
from tests.watching.outside import Outside, outside

NAME = "reception-4711"
TEXT = "Zoe wants towels"


@pytest.fixture
def elsewhere() -> Any:
    with outside() as house:
        yield house


def failed(tmp_path: Path, **environment: str) -> dict[str, Any]:
    """Let a call fail in a process of its own; return what it saw."""
    told = {
        "DJANGO_SETTINGS_MODULE": "settings.dev",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "DATA_DIR": str(tmp_path),
        "INSTANCE_ID": "web-9",
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.watching.failing"],
        env={**os.environ, **told},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def lines(words: str, name: str) -> list[dict[str, Any]]:
    """The lines of a log that hold a request's name."""
    said = [json.loads(line) for line in words.splitlines() if line.startswith("{")]
    return [line for line in said if line.get("request_id") == name]


def test_one_name_from_a_post_to_the_other_nodes_socket(
    transactional_db: None, tmp_path: Path, elsewhere: Outside
) -> None:
    hotel, redis = cast.demo_hotel(), valkey.start(tmp_path)
    told = {
        "REDIS_URL": redis.url,
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "INFO",
        "OTEL_EXPORTER_OTLP_ENDPOINT": elsewhere.url,
    }
    try:
        with running(name="node-1", **told) as one, running(name="node-2", **told) as two:
            with two.open(cast.bearer(hotel.lan)) as line:
                line.sub("property:demo-hotel")
                for count, name in enumerate(("the-first-wakes-the-bus", NAME), 1):
                    answer = httpx.post(
                        f"http://127.0.0.1:{one.port}/api/request?guestName=Zoe",
                        json={"requestText": TEXT, "roomNumber": "101", "guestName": "Zoe"},
                        headers={**cast.bearer(hotel.hoa), "X-Request-ID": name},
                    )
                    assert (answer.status_code, answer.headers["X-Request-ID"]) == (201, name)
                    line.wait_events(count)
            until(lambda: "deliver" in {span.name for _, span in elsewhere.spans})
    finally:
        redis.stop()
    (asked,) = [it for it in lines(one.words, NAME) if it["event"] == "request"]
    (delivered,) = [it for it in lines(two.words, NAME) if it["event"] == "delivered"]
    assert (asked["instance"], asked["query"], asked["status"]) == ("node-1", "guestName=*", 201)
    assert (delivered["instance"], delivered["sockets"]) == ("node-2", 1)
    followed = {(where, span.name): span for where, span in elsewhere.spans}
    asked_span = followed["node-1", "POST /api/request"]
    delivered_span = followed["node-2", "deliver"]
    assert delivered_span.trace_id == asked_span.trace_id
    assert any(span.parent_span_id == asked_span.span_id for where, span in elsewhere.spans)
    told_outside = b"".join(body for _, body in elsewhere.bodies)
    assert not any(word in told_outside for word in (b"Zoe", b"towels", b"Bearer"))
    assert not any(word in one.words + two.words for word in ("Zoe", "towels", "Bearer"))


def test_an_error_is_told_without_a_word_anybody_wrote(tmp_path: Path, elsewhere: Outside) -> None:
    assert failed(tmp_path, SENTRY_DSN=elsewhere.dsn)["status"].startswith("500")
    until(lambda: bool(elsewhere.errors))
    (error,) = elsewhere.errors
    (raised,) = error["exception"]["values"]
    assert (raised["type"], raised["stacktrace"]["frames"][-1]["function"]) == ("builtins.ValueError", "fail")
    assert (error["tags"]["request_id"], error["server_name"]) == ("the-call-that-failed", "web-9")
    told = json.dumps(error)
    assert not any(word in told for word in ("Zoe", "towels", "s3cret", "192.0.2.77", "guestName"))


def test_a_share_of_none_traces_nothing(tmp_path: Path, elsewhere: Outside) -> None:
    found = failed(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=elsewhere.url, TRACES_SAMPLING_RATE="0")
    assert (found["imported"], elsewhere.bodies) == (["opentelemetry.exporter"], [])


def test_what_is_not_configured_is_not_imported(tmp_path: Path) -> None:
    assert failed(tmp_path)["imported"] == []
