"""Errors told to Sentry: which, where in the code and under which id, and no word anybody wrote."""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint
from structlog.contextvars import get_contextvars

from cluster.identity import VERSION

LAST_WORDS_SECONDS = 2.0
LONGEST_MESSAGE = 200
KEPT = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "server_name")
WAY = re.compile(r"(?P<file>.*):(?P<line>\d+) (?P<function>.*)")
KEPT_OF_FRAMES = ("filename", "function", "module", "lineno", "in_app")


def begin(dsn: str, *, profile: str, instance: str) -> None:
    """Tell errors from now on, by a thread that drops what the other side does not take."""
    sentry_sdk.init(
        dsn=dsn,
        environment=profile,
        release=f"bellhop@{VERSION}",
        server_name=instance,
        # Theirs look into requests, queries and variables; ours is the log's own line.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            ExcepthookIntegration(),
            AtexitIntegration(callback=lambda *_: None),
        ],
        before_send=scrubbed,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        shutdown_timeout=LAST_WORDS_SECONDS,
    )


def scrubbed(event: Event, hint: Hint) -> Event:
    """Return a new event of the few things that hold nobody's text; all else is left behind."""
    said = cast("Mapping[str, Any]", event)
    kept: dict[str, Any] = {name: said[name] for name in KEPT if name in said}
    record = hint.get("log_record")
    raised = [bare(it) for it in said.get("exception", {}).get("values", ())]
    kept["message"] = message(record)
    kept["exception"] = {"values": raised or [*of_fault(record)]}
    kept["tags"] = {"request_id": get_contextvars().get("request_id", "")}
    return cast("Event", kept)


def message(record: logging.LogRecord | None) -> str:
    """Return the line as it stands in the code, without what was put into it."""
    if record is None:
        return ""
    written = record.msg.get("event", "") if isinstance(record.msg, dict) else record.msg
    return str(written)[:LONGEST_MESSAGE]


def of_fault(record: logging.LogRecord | None) -> Iterator[dict[str, Any]]:
    """Yield the exceptions of a line of ``cluster.faults``, which has left their messages behind already."""
    line = record.msg if record is not None and isinstance(record.msg, dict) else {}
    way = [WAY.fullmatch(step) for step in reversed(line.get("way", ()))]
    frames = [
        {"filename": it["file"], "lineno": int(it["line"]), "function": it["function"]} for it in way if it
    ]
    for kind in reversed(line.get("kind", ())):
        yield {"type": kind, "stacktrace": {"frames": frames}}


def bare(exception: Mapping[str, Any]) -> dict[str, Any]:
    """Return an exception without its message, which may quote a row, and its frames without their values."""
    frames = (exception.get("stacktrace") or {}).get("frames", ())
    return {
        "type": exception.get("type"),
        "module": exception.get("module"),
        "stacktrace": {
            "frames": [{name: it[name] for name in KEPT_OF_FRAMES if name in it} for it in frames]
        },
    }
