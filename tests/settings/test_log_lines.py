"""One event is one line of JSON, whatever somebody wrote into it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from logging.config import DictConfigurator
from typing import Any

import structlog

from settings.logs import logging_settings


def lines_of(event: str, **more: object) -> list[str]:
    found = logging_settings(level="INFO", form="json", ways=["console"], file=None)
    configurator: Any = DictConfigurator(found)
    handler = found["handlers"]["console"]
    formatter = configurator.configure_formatter(found["formatters"][handler["formatter"]])
    record = logging.LogRecord("bellhop.test", logging.WARNING, "", 0, event, None, None)
    vars(record).update(more)
    line: str = formatter.format(record)
    return line.replace("\r", "\n").split("\n")


def test_a_line_says_when_where_and_what() -> None:
    with structlog.contextvars.bound_contextvars(request_id="find-me-later"):
        (line,) = lines_of("something happened")
    told = json.loads(line)
    assert (told["level"], told["logger"]) == ("warning", "bellhop.test")
    assert (told["event"], told["request_id"]) == ("something happened", "find-me-later")
    at = datetime.fromisoformat(told["timestamp"])
    assert at.utcoffset() == timedelta(0)
    assert datetime.now(UTC) - at < timedelta(minutes=1)


def test_nobody_forges_a_line() -> None:
    forged = 'x\n{"level": "info", "event": "login:succeeded"}\r\u2028\x1b[2J'
    (line,) = lines_of("a", who=forged)
    assert json.loads(line)["who"] == forged
    (line,) = lines_of(forged)
    assert json.loads(line)["event"] == forged
