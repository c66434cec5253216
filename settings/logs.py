"""One structured line per event, on stderr: JSON for machines, text for people."""

import logging.config
import sys
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor


def without_colours(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Drop the second, coloured text that uvicorn adds to its lines."""
    event.pop("color_message", None)
    return event


def encoded(event: EventDict, default: Callable[[Any], Any], **_: Any) -> str:
    """Return one line of JSON, whatever the event holds."""
    return orjson.dumps(event, default=default, option=orjson.OPT_NON_STR_KEYS).decode()


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    without_colours,
]
JSON: list[Processor] = [
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(serializer=encoded),
]


def text() -> list[Processor]:
    """Lines for a person; colours only where somebody watches."""
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
    ]


def logging_settings(*, level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING: everything through one handler and one formatter."""
    renderers = JSON if form == "json" else text()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
            },
        },
        "handlers": {"stderr": {"class": "cluster.lines.SteadyHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Our middleware writes the one line a request gets; these would repeat it.
            "django.server": {"handlers": [], "propagate": False},
            "uvicorn.access": {"handlers": [], "propagate": False},
            "uvicorn.error": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
        },
    }


def configure(settings: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: set up the standard library's loggers and structlog over them."""
    logging.config.dictConfig(settings)
    # Nobody prints these, and looking up the caller's line and thread is a third of a line's cost
    # (the standard library's Logging Cookbook, "Optimization").
    logging._srcfile = None  # noqa: SLF001
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
